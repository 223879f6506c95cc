package dev.trestle.state.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Objects in memory, and what they were a while ago. */
public final class MemoryStore implements CheckpointStore {

  private static final int REMEMBERED = 40;

  final TreeMap<String, byte[]> objects = new TreeMap<>();
  private final Deque<Change> changes = new ArrayDeque<>();

  /** Told of each object after it was created. */
  BiConsumer<String, byte[]> onCreate = (path, content) -> {};

  /** Told of each object before it is deleted. */
  Consumer<String> onDelete = path -> {};

  private record Change(String path, byte[] before) {}

  @Override
  public synchronized void write(String path, Path source) throws IOException {
    put(path, Files.readAllBytes(source));
  }

  @Override
  public synchronized boolean createIfAbsent(String path, byte[] content) {
    if (objects.containsKey(ObjectPath.check(path))) {
      return false;
    }
    put(path, content.clone());
    return true;
  }

  private void put(String path, byte[] content) {
    ObjectPath.check(path);
    remember(path);
    objects.put(path, content);
    onCreate.accept(path, content);
  }

  private void remember(String path) {
    changes.addLast(new Change(path, objects.get(path)));
    if (changes.size() > REMEMBERED) {
      changes.removeFirst();
    }
  }

  @Override
  public synchronized byte[] read(String path) throws IOException {
    byte[] content = objects.get(ObjectPath.check(path));
    if (content == null) {
      throw new NoSuchFileException(path);
    }
    return content.clone();
  }

  @Override
  public void download(String path, Path target) throws IOException {
    Files.write(target, read(path));
  }

  @Override
  public synchronized OptionalLong length(String path) {
    byte[] content = objects.get(path);
    return content == null ? OptionalLong.empty() : OptionalLong.of(content.length);
  }

  @Override
  public List<StoredObject> list(String prefix) {
    return list(prefix, 0);
  }

  /** What a listing would have been so many changes ago. */
  synchronized List<StoredObject> list(String prefix, int changesAgo) {
    ObjectPath.checkPrefix(prefix);
    Map<String, byte[]> then = objects;
    if (changesAgo > 0) {
      then = new TreeMap<>(objects);
      var newestFirst = changes.descendingIterator();
      for (int i = 0; i < changesAgo && newestFirst.hasNext(); i++) {
        Change change = newestFirst.next();
        if (change.before() == null) {
          then.remove(change.path());
        } else {
          then.put(change.path(), change.before());
        }
      }
    }
    List<StoredObject> found = new ArrayList<>();
    then.forEach(
        (path, content) -> {
          if (path.startsWith(prefix)) {
            found.add(new StoredObject(path, content.length));
          }
        });
    return found;
  }

  @Override
  public synchronized void delete(String path) {
    if (objects.containsKey(path)) {
      onDelete.accept(path);
      remember(path);
      objects.remove(path);
    }
  }
}
