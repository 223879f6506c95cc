package dev.trestle.server.environment;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.trestle.runner.worker.ArtifactSource;
import dev.trestle.runner.worker.WorkerException;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactInformation;
import org.apache.beam.vendor.grpc.v1p69p0.io.netty.channel.epoll.Epoll;
import org.jspecify.annotations.Nullable;

/**
 * The classes of Java workers that are threads of this process. They are those of the staged files,
 * Beam's included, as in a process of their own; what only this process has, nobody sees.
 *
 * <p>Jobs that have staged the same files have the same classes, so that not each of them loads and
 * warms up Beam anew. The classes that were used last are kept for the next job. The lock guards
 * all, and is held while files are copied.
 */
final class EmbeddedClasses {

  /*
   * No native transport for workers. When the classes of one are garbage, the library's end takes
   * the native methods from the classes of the same names, which are this process's. Its own have
   * looked at the property by then.
   */
  static {
    Epoll.isAvailable();
    String netty = Epoll.class.getPackageName().replace(".channel.epoll", "");
    System.setProperty(netty + ".transport.noNative", "true");
    System.setProperty(JavaClassPath.SLF4J_VERBOSITY, JavaClassPath.SLF4J_ERRORS);
  }

  private final Reaper reaper = new Reaper();

  @GuardedBy("this")
  private final Map<List<ArtifactInformation>, Shared> all = new HashMap<>();

  /** What nobody uses at the moment; null if there is nothing. */
  @GuardedBy("this")
  private @Nullable Shared spare;

  private static final class Shared {
    final List<ArtifactInformation> names;
    final StagedFiles files;
    final URLClassLoader classes;
    int users;

    Shared(List<ArtifactInformation> names, StagedFiles files, URLClassLoader classes) {
      this.names = names;
      this.files = files;
      this.classes = classes;
    }
  }

  /** The classes as one job uses them, until it closes this. */
  final class Lease implements AutoCloseable {

    private final Shared shared;
    private boolean closed;

    private Lease(Shared shared) {
      this.shared = shared;
    }

    ClassLoader classes() {
      return shared.classes;
    }

    @Override
    public void close() {
      synchronized (EmbeddedClasses.this) {
        if (!closed) {
          closed = true;
          giveBack(shared);
        }
      }
    }
  }

  /**
   * The classes for a worker.
   *
   * @param files named by what is in them
   * @throws WorkerException if something is missing, for the user
   */
  synchronized Lease lease(List<ArtifactInformation> files, ArtifactSource source)
      throws IOException, WorkerException {
    List<ArtifactInformation> names = source.resolve(files);
    Shared shared = all.get(names);
    if (shared == null) {
      shared = load(names, source);
      all.put(names, shared);
    }
    shared.users++;
    if (shared == spare) {
      spare = null;
    }
    return new Lease(shared);
  }

  private Shared load(List<ArtifactInformation> names, ArtifactSource source)
      throws IOException, WorkerException {
    StagedFiles staged = StagedFiles.fetch(names, source);
    reaper.watch(staged.directory());
    boolean loaded = false;
    try {
      Path own = Files.createDirectory(staged.directory().resolve("own"));
      List<URL> urls = new ArrayList<>();
      for (Path path : JavaClassPath.of(staged, own)) {
        urls.add(path.toUri().toURL());
      }
      URLClassLoader classes =
          new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
      loaded = true;
      return new Shared(names, staged, classes);
    } finally {
      if (!loaded) {
        staged.close();
      }
    }
  }

  @GuardedBy("this")
  private void giveBack(Shared shared) {
    shared.users--;
    if (shared.users == 0) {
      Shared before = spare;
      spare = shared;
      if (before != null) {
        unload(before);
      }
    }
  }

  /**
   * Leaves the classes to the garbage collector, and does not close them: gRPC's threads end a
   * second after the last channel, and may load some of theirs to do so.
   */
  @GuardedBy("this")
  private void unload(Shared unused) {
    all.remove(unused.names);
    DeadChannels.shutDown(unused.classes);
    unused.files.close();
  }
}
