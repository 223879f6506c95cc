package dev.trestle.state.checkpoint;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * A place that keeps checkpoints: objects with '/'-separated relative paths, see {@link ObjectPath}
 * for what a path may be. An object is there whole or not at all.
 *
 * <p>What has returned normally is durable: it outlives the process and the loss of power. What has
 * thrown may have happened, may not, or may happen later; the caller finds out by asking.
 *
 * <p>{@link #createIfAbsent}, {@link #read}, {@link #download} and {@link #length} of one path are
 * linearizable, among all processes. {@link #list} need not be: it may show the past. Nothing but
 * the collection of garbage and a shortcut relies on it.
 *
 * <p>Thread safe: any number of threads and processes call anything at any time. Calls block. An
 * interrupt may end a call with an {@link IOException}.
 */
public interface CheckpointStore {

  /**
   * Writes an object from a local file, in place of what is there.
   *
   * @param source a file whose content never changes again; it is left alone
   * @throws NoSuchFileException if there is no such local file
   * @throws IOException if it could not be written
   */
  void write(String path, Path source) throws IOException;

  /**
   * Writes an object unless there is one: the one conditional write. Of all who ever try, at most
   * one is told that it wrote, as long as nobody deletes the object. A store whose client repeats
   * requests by itself must not mistake what the first of them wrote for another's.
   *
   * @return false if it was there already, by another's hand or another call's
   * @throws IOException if that could not be done; it may have been written all the same
   */
  boolean createIfAbsent(String path, byte[] content) throws IOException;

  /**
   * The content of a small object.
   *
   * @throws NoSuchFileException if there is none
   */
  byte[] read(String path) throws IOException;

  /**
   * Brings an object to a local file, in place of what is there.
   *
   * @param target its content must not be changed: it may be the object itself
   * @throws NoSuchFileException if there is no such object
   * @throws IOException if it failed; there may be a part of the local file
   */
  void download(String path, Path target) throws IOException;

  /** The length of one object in bytes, if it is there. */
  OptionalLong length(String path) throws IOException;

  /**
   * All objects below a prefix, in no particular order; maybe as it was some time ago. What is
   * there under a name that no object may have is somebody else's, and not listed.
   *
   * @param prefix empty, or a path and a '/'
   */
  List<StoredObject> list(String prefix) throws IOException;

  /** Deletes an object; nothing happens if there is none. */
  void delete(String path) throws IOException;

  /** How many objects are best written, or downloaded, at a time; one where calls do not wait. */
  default int transfersAtATime() {
    return 1;
  }
}
