package dev.trestle.store.gcs;

import com.google.cloud.storage.Blob;
import com.google.cloud.storage.BlobId;
import com.google.cloud.storage.BlobInfo;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.Storage.BlobField;
import com.google.cloud.storage.Storage.BlobGetOption;
import com.google.cloud.storage.Storage.BlobListOption;
import com.google.cloud.storage.Storage.BlobTargetOption;
import com.google.cloud.storage.StorageException;
import dev.trestle.state.checkpoint.BucketPrefix;
import dev.trestle.state.checkpoint.CheckpointStore;
import dev.trestle.state.checkpoint.StoredObject;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * Keeps objects in a bucket. Cloud Storage is linearizable for each object, listings included; what
 * it has acknowledged is durable.
 *
 * <p>The conditional write is {@code ifGenerationMatch=0}. The client repeats a request whose
 * answer was lost, and the second one is refused if the first has arrived. So each attempt to
 * create an object carries a name of its own as metadata, and whoever is refused looks whose object
 * it is.
 *
 * <p>Files go up by resumable uploads: the object appears when its last byte has arrived.
 *
 * <p>Thread safe, without locks: any number of threads and processes.
 */
final class GcsStore implements CheckpointStore {

  private static final String WRITER = "trestle-writer";

  private final Storage storage;
  private final BucketPrefix place;

  private GcsStore(Storage storage, BucketPrefix place) {
    this.storage = storage;
    this.place = place;
  }

  /**
   * A store in a bucket, which has to be there.
   *
   * @throws IOException if there is no such bucket, or if it cannot be read
   */
  static GcsStore open(Storage storage, BucketPrefix place) throws IOException {
    try {
      storage.list(
          place.bucket(), BlobListOption.prefix(place.prefix()), BlobListOption.pageSize(1));
    } catch (StorageException e) {
      throw GcsFailures.toIoException(place.toString(), e);
    }
    return new GcsStore(storage, place);
  }

  @Override
  public void write(String path, Path source) throws IOException {
    BlobId object = object(path);
    if (!Files.exists(source)) {
      throw new NoSuchFileException(source.toString());
    }
    try {
      storage.createFrom(BlobInfo.newBuilder(object).build(), source);
    } catch (StorageException e) {
      throw failure(object, e);
    }
  }

  @Override
  public boolean createIfAbsent(String path, byte[] content) throws IOException {
    BlobId object = object(path);
    String writer = UUID.randomUUID().toString();
    try {
      storage.create(
          BlobInfo.newBuilder(object).setMetadata(Map.of(WRITER, writer)).build(),
          content,
          BlobTargetOption.doesNotExist());
      return true;
    } catch (StorageException e) {
      if (e.getCode() == HttpURLConnection.HTTP_PRECON_FAILED) {
        return isWrittenBy(writer, object);
      }
      throw failure(object, e);
    }
  }

  private boolean isWrittenBy(String writer, BlobId object) throws IOException {
    return look(object, BlobField.METADATA)
        .map(Blob::getMetadata)
        .map(metadata -> writer.equals(metadata.get(WRITER)))
        .orElse(false);
  }

  @Override
  public byte[] read(String path) throws IOException {
    BlobId object = object(path);
    try {
      return storage.readAllBytes(object);
    } catch (StorageException e) {
      throw readFailure(object, e);
    }
  }

  @Override
  public void download(String path, Path target) throws IOException {
    BlobId object = object(path);
    try {
      storage.downloadTo(object, target);
    } catch (StorageException e) {
      throw readFailure(object, e);
    }
  }

  @Override
  public OptionalLong length(String path) throws IOException {
    Optional<Blob> found = look(object(path), BlobField.SIZE);
    return found.isPresent() ? OptionalLong.of(found.get().getSize()) : OptionalLong.empty();
  }

  private Optional<Blob> look(BlobId object, BlobField field) throws IOException {
    try {
      return Optional.ofNullable(storage.get(object, BlobGetOption.fields(field)));
    } catch (StorageException e) {
      throw failure(object, e);
    }
  }

  @Override
  public List<StoredObject> list(String prefix) throws IOException {
    String keys = place.keys(prefix);
    try {
      List<StoredObject> found = new ArrayList<>();
      for (Blob blob :
          storage
              .list(
                  place.bucket(),
                  BlobListOption.prefix(keys),
                  BlobListOption.fields(BlobField.NAME, BlobField.SIZE))
              .iterateAll()) {
        place
            .path(blob.getName())
            .ifPresent(path -> found.add(new StoredObject(path, blob.getSize())));
      }
      return found;
    } catch (StorageException e) {
      throw GcsFailures.toIoException(place.toString(), e);
    }
  }

  /** A request waits for the network nearly all of its time. */
  @Override
  public int transfersAtATime() {
    return 8;
  }

  @Override
  public void delete(String path) throws IOException {
    BlobId object = object(path);
    try {
      storage.delete(object);
    } catch (StorageException e) {
      throw failure(object, e);
    }
  }

  private BlobId object(String path) {
    return BlobId.of(place.bucket(), place.key(path));
  }

  private static IOException readFailure(BlobId object, StorageException e) {
    if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
      return failure(object, e);
    }
    NoSuchFileException missing = new NoSuchFileException(object.toGsUtilUri());
    missing.initCause(e);
    return missing;
  }

  private static IOException failure(BlobId object, StorageException e) {
    return GcsFailures.toIoException(object.toGsUtilUri(), e);
  }

  @Override
  public String toString() {
    return place.toString();
  }
}
