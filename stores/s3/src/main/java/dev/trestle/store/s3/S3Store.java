package dev.trestle.store.s3;

import dev.trestle.state.checkpoint.BucketPrefix;
import dev.trestle.state.checkpoint.CheckpointStore;
import dev.trestle.state.checkpoint.StoredObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Keeps objects in a bucket. S3 is linearizable for each key; what it has acknowledged is durable.
 *
 * <p>The conditional write is {@code If-None-Match: *}. A server that does not know it overwrites,
 * and two processes would believe that they have the job: {@link #open} tries it out on an object
 * that stays, {@value #PROBE}.
 *
 * <p>The SDK repeats a request whose answer was lost, and the second one is refused if the first
 * has arrived. So each attempt to create an object carries a name of its own as metadata, and
 * whoever is refused looks whose object it is.
 *
 * <p>Thread safe, without locks: any number of threads and processes.
 */
final class S3Store implements CheckpointStore {

  /** No object's path begins with a dot. */
  static final String PROBE = ".refuses-to-overwrite";

  private static final String WRITER = "trestle-writer";

  private static final int CONFLICT = 409;
  private static final int PRECONDITION_FAILED = 412;

  private static final int MAX_CONFLICTS = 20;
  private static final long CONFLICT_PAUSE_MILLIS = 100;

  private final S3Client client;
  private final BucketPrefix place;

  private S3Store(S3Client client, BucketPrefix place) {
    this.client = client;
    this.place = place;
  }

  /**
   * A store in a bucket, which has to be there.
   *
   * @throws IOException if there is no such bucket, if it cannot be written, or if the server
   *     overwrites where it should refuse
   */
  static S3Store open(S3Client client, BucketPrefix place) throws IOException {
    S3Store store = new S3Store(client, place);
    String probe = place.prefix() + PROBE;
    boolean created = store.createKey(probe, new byte[0]);
    boolean overwritten = created && store.createKey(probe, new byte[0]);
    if (overwritten) {
      throw new IOException(
          place
              + ": this server overwrites an object where 'If-None-Match: *' asks it to refuse. Two"
              + " processes could take one job. Use a server that has conditional writes");
    }
    return store;
  }

  @Override
  public void write(String path, Path source) throws IOException {
    String key = place.key(path);
    long length = Files.size(source);
    if (length <= MultipartUpload.PART) {
      call(
          key,
          () ->
              client.putObject(
                  put -> put.bucket(place.bucket()).key(key), RequestBody.fromFile(source)));
    } else {
      try {
        MultipartUpload.upload(client, place.bucket(), key, source, length);
      } catch (SdkException e) {
        throw failure(key, e);
      }
    }
  }

  @Override
  public boolean createIfAbsent(String path, byte[] content) throws IOException {
    return createKey(place.key(path), content);
  }

  private boolean createKey(String key, byte[] content) throws IOException {
    String writer = UUID.randomUUID().toString();
    for (int conflicts = 0; ; conflicts++) {
      try {
        client.putObject(
            put ->
                put.bucket(place.bucket())
                    .key(key)
                    .ifNoneMatch("*")
                    .metadata(Map.of(WRITER, writer)),
            RequestBody.fromBytes(content));
        return true;
      } catch (S3Exception e) {
        if (e.statusCode() == PRECONDITION_FAILED) {
          return isWrittenBy(writer, key);
        }
        if (e.statusCode() != CONFLICT || conflicts == MAX_CONFLICTS) {
          throw failure(key, e);
        }
        pause(key);
      } catch (SdkException e) {
        throw failure(key, e);
      }
    }
  }

  /** Others are writing or deleting the same object at this moment. */
  private static void pause(String key) throws IOException {
    try {
      Thread.sleep(CONFLICT_PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while writing " + key, e);
    }
  }

  private boolean isWrittenBy(String writer, String key) throws IOException {
    try {
      Map<String, String> metadata =
          client.headObject(head -> head.bucket(place.bucket()).key(key)).metadata();
      return writer.equals(metadata.get(WRITER));
    } catch (NoSuchKeyException e) {
      return false;
    } catch (SdkException e) {
      throw failure(key, e);
    }
  }

  @Override
  public byte[] read(String path) throws IOException {
    String key = place.key(path);
    return call(
        key,
        () -> client.getObjectAsBytes(get -> get.bucket(place.bucket()).key(key)).asByteArray());
  }

  @Override
  public void download(String path, Path target) throws IOException {
    String key = place.key(path);
    Files.deleteIfExists(target);
    call(
        key,
        () ->
            client.getObject(
                get -> get.bucket(place.bucket()).key(key), ResponseTransformer.toFile(target)));
  }

  @Override
  public OptionalLong length(String path) throws IOException {
    String key = place.key(path);
    try {
      return OptionalLong.of(
          client.headObject(head -> head.bucket(place.bucket()).key(key)).contentLength());
    } catch (NoSuchKeyException e) {
      return OptionalLong.empty();
    } catch (SdkException e) {
      throw failure(key, e);
    }
  }

  @Override
  public List<StoredObject> list(String prefix) throws IOException {
    String keys = place.keys(prefix);
    return call(
        keys,
        () -> {
          List<StoredObject> found = new ArrayList<>();
          for (S3Object object :
              client
                  .listObjectsV2Paginator(list -> list.bucket(place.bucket()).prefix(keys))
                  .contents()) {
            place
                .path(object.key())
                .ifPresent(path -> found.add(new StoredObject(path, object.size())));
          }
          return found;
        });
  }

  /** A request waits for the network nearly all of its time. */
  @Override
  public int transfersAtATime() {
    return 8;
  }

  @Override
  public void delete(String path) throws IOException {
    String key = place.key(path);
    call(key, () -> client.deleteObject(delete -> delete.bucket(place.bucket()).key(key)));
  }

  private <T> T call(String key, Supplier<T> request) throws IOException {
    try {
      return request.get();
    } catch (NoSuchKeyException e) {
      NoSuchFileException missing = new NoSuchFileException(uri(key));
      missing.initCause(e);
      throw missing;
    } catch (SdkException e) {
      throw failure(key, e);
    }
  }

  private IOException failure(String key, SdkException e) {
    return S3Failures.toIoException(uri(key), e);
  }

  private String uri(String key) {
    return "s3://" + place.bucket() + "/" + key;
  }

  @Override
  public String toString() {
    return place.toString();
  }
}
