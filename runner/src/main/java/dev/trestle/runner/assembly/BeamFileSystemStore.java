package dev.trestle.runner.assembly;

import dev.trestle.state.checkpoint.CheckpointStore;
import dev.trestle.state.checkpoint.ObjectPath;
import dev.trestle.state.checkpoint.StoredObject;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.io.fs.MoveOptions.StandardMoveOptions;
import org.apache.beam.sdk.io.fs.ResourceId;
import org.apache.beam.sdk.util.MimeTypes;

/**
 * Keeps objects as files of one of Beam's {@link FileSystems}. They have neither a conditional
 * write nor a promise of durability: {@link #createIfAbsent} looks first and writes then. One
 * process at a time keeps what {@link CheckpointStore} promises; of two, both may be told that they
 * wrote.
 *
 * <p>Small objects are written elsewhere and renamed, so that each is there whole or not at all as
 * far as the file system's renames allow. Files are written in place: a checkpoint names them when
 * they are complete.
 *
 * <p>Thread safe as long as no two threads create the same object.
 */
final class BeamFileSystemStore implements CheckpointStore {

  private static final String UNFINISHED = ".unfinished/";

  private final String root;

  private BeamFileSystemStore(String root) {
    this.root = root;
  }

  /** Whether one of Beam's file systems has the place's scheme. */
  static boolean canOpen(String place) {
    try {
      FileSystems.matchNewResource(directory(place), true);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * A store in a directory.
   *
   * @throws IllegalArgumentException if there is no such file system, or if the path is a pattern
   */
  static BeamFileSystemStore open(String place) {
    if (FileSystems.hasGlobWildcard(place)) {
      throw new IllegalArgumentException(place + ": has to be a directory, and is a pattern");
    }
    return new BeamFileSystemStore(FileSystems.matchNewResource(directory(place), true).toString());
  }

  private static String directory(String place) {
    return place.endsWith("/") ? place : place + "/";
  }

  @Override
  public void write(String path, Path source) throws IOException {
    ResourceId target = resource(ObjectPath.check(path));
    if (!Files.exists(source)) {
      throw new NoSuchFileException(source.toString());
    }
    try (OutputStream out = create(target)) {
      Files.copy(source, out);
    }
  }

  @Override
  public boolean createIfAbsent(String path, byte[] content) throws IOException {
    if (length(path).isPresent()) {
      return false;
    }
    ResourceId complete = resource(UNFINISHED + UUID.randomUUID());
    try (OutputStream out = create(complete)) {
      out.write(content);
    }
    FileSystems.rename(List.of(complete), List.of(resource(path)));
    return true;
  }

  private static OutputStream create(ResourceId file) throws IOException {
    return Channels.newOutputStream(FileSystems.create(file, MimeTypes.BINARY));
  }

  @Override
  public byte[] read(String path) throws IOException {
    try (InputStream in = open(resource(ObjectPath.check(path)))) {
      return in.readAllBytes();
    } catch (FileNotFoundException e) {
      throw missing(path, e);
    }
  }

  @Override
  public void download(String path, Path target) throws IOException {
    try (InputStream in = open(resource(ObjectPath.check(path)))) {
      Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
    } catch (FileNotFoundException e) {
      throw missing(path, e);
    }
  }

  private static InputStream open(ResourceId file) throws IOException {
    return Channels.newInputStream(FileSystems.open(file));
  }

  private NoSuchFileException missing(String path, FileNotFoundException e) {
    NoSuchFileException missing = new NoSuchFileException(root + path);
    missing.initCause(e);
    return missing;
  }

  @Override
  public OptionalLong length(String path) throws IOException {
    MatchResult found = FileSystems.match(root + ObjectPath.check(path), EmptyMatchTreatment.ALLOW);
    return found.metadata().stream().mapToLong(MatchResult.Metadata::sizeBytes).findFirst();
  }

  @Override
  public List<StoredObject> list(String prefix) throws IOException {
    String pattern = root + ObjectPath.checkPrefix(prefix) + "**";
    List<StoredObject> found = new ArrayList<>();
    for (MatchResult.Metadata file :
        FileSystems.match(pattern, EmptyMatchTreatment.ALLOW).metadata()) {
      path(file.resourceId())
          .ifPresent(path -> found.add(new StoredObject(path, file.sizeBytes())));
    }
    return found;
  }

  private Optional<String> path(ResourceId file) {
    return Optional.of(file.toString())
        .filter(name -> name.startsWith(root))
        .map(name -> name.substring(root.length()))
        .filter(ObjectPath::isPath);
  }

  /** A request waits for the network nearly all of its time. */
  @Override
  public int transfersAtATime() {
    return 4;
  }

  @Override
  public void delete(String path) throws IOException {
    FileSystems.delete(
        List.of(resource(ObjectPath.check(path))), StandardMoveOptions.IGNORE_MISSING_FILES);
  }

  private ResourceId resource(String path) {
    return FileSystems.matchNewResource(root + path, false);
  }

  @Override
  public String toString() {
    return root;
  }
}
