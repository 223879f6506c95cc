package dev.trestle.runner.assembly;

import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Collection;
import java.util.List;
import org.apache.beam.sdk.io.FileSystem;
import org.apache.beam.sdk.io.FileSystemRegistrar;
import org.apache.beam.sdk.io.fs.CreateOptions;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.io.fs.MoveOptions;
import org.apache.beam.sdk.io.fs.ResolveOptions;
import org.apache.beam.sdk.io.fs.ResourceId;
import org.apache.beam.sdk.options.PipelineOptions;

/** A file system of Beam's that Trestle has no store for. It has names, and nothing else. */
final class OtherFileSystem extends FileSystem<OtherFileSystem.Name> {

  /** For {@link java.util.ServiceLoader}. */
  public static final class Registrar implements FileSystemRegistrar {
    @Override
    public Iterable<FileSystem<?>> fromOptions(PipelineOptions options) {
      return List.of(new OtherFileSystem());
    }
  }

  /** A file or directory by its URI. */
  record Name(String uri) implements ResourceId {
    @Override
    public ResourceId resolve(String other, ResolveOptions options) {
      return new Name(uri + other);
    }

    @Override
    public ResourceId getCurrentDirectory() {
      return this;
    }

    @Override
    public String getScheme() {
      return "other";
    }

    @Override
    public String getFilename() {
      return uri.substring(uri.lastIndexOf('/') + 1);
    }

    @Override
    public boolean isDirectory() {
      return uri.endsWith("/");
    }

    @Override
    public String toString() {
      return uri;
    }
  }

  @Override
  protected String getScheme() {
    return "other";
  }

  @Override
  protected Name matchNewResource(String uri, boolean isDirectory) {
    return new Name(uri);
  }

  @Override
  protected List<MatchResult> match(List<String> specs) {
    throw new UnsupportedOperationException();
  }

  @Override
  protected WritableByteChannel create(Name name, CreateOptions options) {
    throw new UnsupportedOperationException();
  }

  @Override
  protected ReadableByteChannel open(Name name) {
    throw new UnsupportedOperationException();
  }

  @Override
  protected void copy(List<Name> from, List<Name> to) {
    throw new UnsupportedOperationException();
  }

  @Override
  protected void rename(List<Name> from, List<Name> to, MoveOptions... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  protected void delete(Collection<Name> names) {
    throw new UnsupportedOperationException();
  }
}
