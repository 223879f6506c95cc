package dev.trestle.runner.recovery;

import dev.trestle.state.checkpoint.CheckpointStore;
import dev.trestle.state.checkpoint.CheckpointStoreProvider;
import dev.trestle.state.checkpoint.DirectoryStore;
import dev.trestle.state.checkpoint.StoredObject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** A directory as a job sees it to whose store something happens: {@code troubled://DIRECTORY}. */
public final class TroubledStore implements CheckpointStore {

  /** What happens before a local file is read or written, and may fail it. */
  interface Trouble {
    void before(Path local) throws IOException;
  }

  private static final Trouble NONE = local -> {};

  private static volatile Trouble uploads = NONE;
  private static volatile Trouble downloads = NONE;

  private final DirectoryStore store;

  private TroubledStore(DirectoryStore store) {
    this.store = store;
  }

  /** Opens such stores. */
  public static final class Provider implements CheckpointStoreProvider {
    @Override
    public Set<String> schemes() {
      return Set.of("troubled");
    }

    @Override
    public CheckpointStore open(URI place) {
      return new TroubledStore(DirectoryStore.open(Path.of(place.getPath())));
    }
  }

  /** What happens to uploads from now on. */
  static void onUploads(Trouble now) {
    uploads = now;
  }

  /** What happens to downloads from now on. */
  static void onDownloads(Trouble now) {
    downloads = now;
  }

  static void end() {
    uploads = NONE;
    downloads = NONE;
  }

  @Override
  public void write(String path, Path source) throws IOException {
    uploads.before(source);
    store.write(path, source);
  }

  @Override
  public boolean createIfAbsent(String path, byte[] content) throws IOException {
    return store.createIfAbsent(path, content);
  }

  @Override
  public byte[] read(String path) throws IOException {
    return store.read(path);
  }

  @Override
  public void download(String path, Path target) throws IOException {
    downloads.before(target);
    store.download(path, target);
  }

  @Override
  public OptionalLong length(String path) throws IOException {
    return store.length(path);
  }

  @Override
  public List<StoredObject> list(String prefix) throws IOException {
    return store.list(prefix);
  }

  @Override
  public void delete(String path) throws IOException {
    store.delete(path);
  }
}
