package dev.trestle.state.checkpoint;

import dev.trestle.state.checkpoint.CheckpointManifest.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** Watches a store, and fails as soon as something is wrong with the job in it. */
final class Facts {

  private final MemoryStore store;
  private final String job;

  /** Entries in the order of the log; what is written again later does not count. */
  final TreeMap<Long, LogEntry> history = new TreeMap<>();

  private Set<String> named = new HashSet<>();

  Facts(MemoryStore store, String job) {
    this.store = store;
    this.job = job + "/";
    store.onCreate = this::created;
    store.onDelete = this::deleted;
  }

  /** Stops watching: the test does damage that no process would do. */
  void expectDamage() {
    store.onCreate = (path, content) -> {};
    store.onDelete = path -> {};
  }

  long end() {
    return history.isEmpty() ? 0 : history.lastKey();
  }

  private void created(String path, byte[] content) {
    String log = job + CommitLog.DIRECTORY;
    if (path.startsWith(log)) {
      long slot = Long.parseLong(path.substring(log.length()));
      if (slot > end()) {
        try {
          appended(LogEntry.decode(path, slot, content));
        } catch (IOException e) {
          throw new AssertionError(e);
        }
      }
    }
  }

  private void appended(LogEntry entry) throws IOException {
    require(entry.slot() == end() + 1, "a gap before " + entry);
    if (!history.isEmpty()) {
      LogEntry before = history.lastEntry().getValue();
      if (entry.epoch() == entry.slot()) {
        require(entry.lineage().equals(before.lineage()), "a claim changes the lineage");
      } else {
        require(entry.epoch() == before.epoch(), "a zombie commits " + entry);
        require(entry.lastId() > before.lastId(), "ids decrease");
      }
    } else {
      require(entry.epoch() == 1, "the first entry is no claim");
    }
    history.put(entry.slot(), entry);
    named = new HashSet<>();
    for (CheckpointRef ref : all(entry)) {
      addNamed(ref);
    }
    for (String object : named) {
      require(store.objects.containsKey(object), object + " is missing, in " + entry);
    }
  }

  static List<CheckpointRef> all(LogEntry entry) {
    List<CheckpointRef> all = new ArrayList<>(entry.lineage());
    all.addAll(entry.savepoints());
    return all;
  }

  private void addNamed(CheckpointRef ref) throws IOException {
    String directory = job + ref.directory();
    CheckpointManifest manifest = new CheckpointReader(store).read(directory);
    new CheckpointReader(store).verify(directory, manifest, List.of());
    named.add(job + ref.manifest());
    for (CheckpointManifest.Task task : manifest.tasks()) {
      for (CheckpointManifest.File file : task.files()) {
        named.add(file.objectIn(directory));
        require(
            ref.kind() == Kind.CHECKPOINT || file.path().indexOf('/') < 0,
            "a savepoint shares " + file);
        byte[] content = store.objects.get(file.objectIn(directory));
        require(Checksum.crc32c(content, 0, content.length) == file.crc32c(), "content of " + file);
      }
    }
  }

  private void deleted(String path) {
    require(!named.contains(path), path + " is deleted and needed");
    require(
        !path.startsWith(job + CommitLog.DIRECTORY) || !path.endsWith(String.valueOf(end())),
        "the last entry is deleted");
  }

  /** All that has to be there, besides the log. */
  Set<String> named() {
    return named;
  }

  static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new AssertionError(otherwise);
    }
  }
}
