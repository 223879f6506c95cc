package dev.trestle.store.hdfs;

import dev.trestle.state.checkpoint.CheckpointStore;
import dev.trestle.state.checkpoint.ObjectPath;
import dev.trestle.state.checkpoint.StoredObject;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Options.Rename;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIsNotEmptyDirectoryException;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.protocol.HdfsFileStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps objects as files of a directory in HDFS.
 *
 * <p>A file is written elsewhere in the directory, its blocks forced to the disks of the DataNodes
 * as they end, and then renamed: the NameNode renames atomically, refuses to if the name is taken,
 * and has logged it when it answers. A file that was created in place would be there, half written,
 * after a crash. Reads ask the active NameNode and see what was written last, unless the client is
 * configured to ask observers.
 *
 * <p>A client that repeats a rename whose answer was lost gets the first answer from the NameNode's
 * retry cache. If that has forgotten it, the file's id tells whose file has the name.
 *
 * <p>What a crash leaves half-written is below {@value #UNFINISHED}; no object's path begins with a
 * dot. Whoever opens the store deletes what nobody has written to for a day. Directories that have
 * become empty go.
 *
 * <p>Thread safe, without locks: any number of threads and processes.
 */
final class HdfsStore implements CheckpointStore {

  private static final Logger LOG = LoggerFactory.getLogger(HdfsStore.class);

  private static final String UNFINISHED = ".unfinished";
  private static final Duration ABANDONED = Duration.ofDays(1);
  private static final int MAX_RACES = 100;

  private final DistributedFileSystem files;
  private final Path root;
  private final Path unfinished;

  private HdfsStore(DistributedFileSystem files, Path root) {
    this.files = files;
    this.root = files.makeQualified(root);
    this.unfinished = new Path(this.root, UNFINISHED);
  }

  /**
   * A store in a directory, which is made.
   *
   * @throws IOException if it cannot be made or read
   */
  static HdfsStore open(DistributedFileSystem files, Path root) throws IOException {
    return open(files, root, InstantSource.system());
  }

  static HdfsStore open(DistributedFileSystem files, Path root, InstantSource clock)
      throws IOException {
    HdfsStore store = new HdfsStore(files, root);
    files.mkdirs(store.unfinished);
    store.deleteAbandoned(clock.instant().minus(ABANDONED).toEpochMilli());
    return store;
  }

  private void deleteAbandoned(long limitMillis) throws IOException {
    for (FileStatus file : files.listStatus(unfinished)) {
      if (file.getModificationTime() < limitMillis) {
        files.delete(file.getPath(), false);
      }
    }
  }

  /** What the content of a file is written with. */
  private interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  @Override
  public void write(String path, java.nio.file.Path source) throws IOException {
    Path target = resolve(path);
    if (!Files.exists(source)) {
      throw new NoSuchFileException(source.toString());
    }
    Path complete = newUnfinished();
    try {
      write(complete, out -> Files.copy(source, out));
      rename(complete, target, Rename.OVERWRITE);
    } finally {
      deleteUnfinished(complete);
    }
  }

  @Override
  public boolean createIfAbsent(String path, byte[] content) throws IOException {
    Path target = resolve(path);
    if (files.exists(target)) {
      return false;
    }
    Path complete = newUnfinished();
    try {
      write(complete, out -> out.write(content));
      return renameIfAbsent(complete, target);
    } finally {
      deleteUnfinished(complete);
    }
  }

  private boolean renameIfAbsent(Path complete, Path target) throws IOException {
    long id = id(complete);
    try {
      rename(complete, target, Rename.NONE);
      return true;
    } catch (FileAlreadyExistsException e) {
      return isThere(target, id);
    } catch (FileNotFoundException e) {
      if (isThere(target, id)) {
        return true;
      }
      throw e;
    }
  }

  private Path newUnfinished() {
    return new Path(unfinished, UUID.randomUUID().toString());
  }

  private void write(Path file, Content content) throws IOException {
    try (OutputStream out =
        files.createFile(file).overwrite(false).recursive().syncBlock().build()) {
      content.writeTo(out);
    }
  }

  private void deleteUnfinished(Path file) {
    try {
      files.delete(file, false);
    } catch (IOException e) {
      LOG.debug("Left {} to whoever opens the store in a day", file, e);
    }
  }

  /** Renames into a directory, which is made; again, if somebody has deleted it as empty. */
  private void rename(Path from, Path to, Rename option) throws IOException {
    for (int i = 0; ; i++) {
      makeDirectory(to.getParent());
      try {
        files.rename(from, to, option);
        return;
      } catch (FileNotFoundException e) {
        if (i == MAX_RACES || !files.exists(from)) {
          throw e;
        }
      }
    }
  }

  /** A file in the way of the directory must not look like an object that is there already. */
  private void makeDirectory(Path directory) throws IOException {
    try {
      files.mkdirs(directory);
    } catch (FileAlreadyExistsException | ParentNotDirectoryException e) {
      throw new IOException(directory + " cannot be a directory: a file is in the way", e);
    }
  }

  private long id(Path file) throws IOException {
    return ((HdfsFileStatus) files.getFileStatus(file)).getFileId();
  }

  private boolean isThere(Path file, long id) throws IOException {
    try {
      return id(file) == id;
    } catch (FileNotFoundException e) {
      return false;
    }
  }

  @Override
  public byte[] read(String path) throws IOException {
    try (InputStream in = files.open(resolve(path))) {
      return in.readAllBytes();
    } catch (FileNotFoundException e) {
      throw missing(path, e);
    }
  }

  @Override
  public void download(String path, java.nio.file.Path target) throws IOException {
    try (InputStream in = files.open(resolve(path))) {
      Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
    } catch (FileNotFoundException e) {
      throw missing(path, e);
    }
  }

  private NoSuchFileException missing(String path, FileNotFoundException e) {
    NoSuchFileException missing = new NoSuchFileException(new Path(root, path).toString());
    missing.initCause(e);
    return missing;
  }

  @Override
  public OptionalLong length(String path) throws IOException {
    try {
      return OptionalLong.of(files.getFileStatus(resolve(path)).getLen());
    } catch (FileNotFoundException e) {
      return OptionalLong.empty();
    }
  }

  @Override
  public List<StoredObject> list(String prefix) throws IOException {
    List<StoredObject> found = new ArrayList<>();
    list(prefix.isEmpty() ? root : resolve(directoryOf(prefix)), found);
    return found;
  }

  private static String directoryOf(String prefix) {
    ObjectPath.checkPrefix(prefix);
    return prefix.substring(0, prefix.length() - 1);
  }

  /** Directory by directory: what vanishes on the way was deleted. */
  private void list(Path directory, List<StoredObject> found) throws IOException {
    try {
      RemoteIterator<LocatedFileStatus> content = files.listLocatedStatus(directory);
      while (content.hasNext()) {
        FileStatus file = content.next();
        String path = root.toUri().relativize(file.getPath().toUri()).getPath();
        if (file.isDirectory() && !file.getPath().equals(unfinished)) {
          list(file.getPath(), found);
        } else if (file.isFile() && ObjectPath.isPath(path)) {
          found.add(new StoredObject(path, file.getLen()));
        }
      }
    } catch (FileNotFoundException e) {
      LOG.trace("Nothing in {}", directory, e);
    }
  }

  /** A request waits for the network nearly all of its time. */
  @Override
  public int transfersAtATime() {
    return 4;
  }

  @Override
  public void delete(String path) throws IOException {
    Path target = resolve(path);
    if (files.delete(target, false)) {
      deleteEmpty(target.getParent());
    }
  }

  private void deleteEmpty(Path directory) throws IOException {
    try {
      for (Path empty = directory; !empty.equals(root); empty = empty.getParent()) {
        files.delete(empty, false);
      }
    } catch (PathIsNotEmptyDirectoryException e) {
      LOG.trace("Not empty: {}", directory, e);
    }
  }

  private Path resolve(String path) {
    return new Path(root, ObjectPath.check(path));
  }

  @Override
  public String toString() {
    return root.toString();
  }
}
