package dev.trestle.store.s3;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * A large object in parts, of which one is in memory and repeated if its answer is lost. The object
 * appears when all are there. What a crash leaves of an upload is no object; a lifecycle rule of
 * the bucket has to remove it.
 */
final class MultipartUpload {

  /** Bytes in a part, at least: files up to this length are not worth an upload in parts. */
  static final int PART = 8 << 20;

  /** What S3 allows. */
  private static final int MAX_PARTS = 10_000;

  private final S3Client client;
  private final String bucket;
  private final String key;
  private final String id;

  private MultipartUpload(S3Client client, String bucket, String key) {
    this.client = client;
    this.bucket = bucket;
    this.key = key;
    this.id = client.createMultipartUpload(create -> create.bucket(bucket).key(key)).uploadId();
  }

  /**
   * Uploads a file that does not change.
   *
   * @throws SdkException if it cannot be written
   * @throws IOException if the file cannot be read
   */
  static void upload(S3Client client, String bucket, String key, Path source, long length)
      throws IOException {
    MultipartUpload upload = new MultipartUpload(client, bucket, key);
    try {
      upload.complete(upload.parts(source, length));
    } catch (IOException | RuntimeException e) {
      upload.abort(e);
      throw e;
    }
  }

  private List<CompletedPart> parts(Path source, long length) throws IOException {
    byte[] buffer = new byte[partSize(length)];
    List<CompletedPart> parts = new ArrayList<>();
    try (InputStream in = Files.newInputStream(source)) {
      while (true) {
        int filled = in.readNBytes(buffer, 0, buffer.length);
        if (filled == 0) {
          return parts;
        }
        parts.add(part(parts.size() + 1, buffer, filled));
      }
    }
  }

  static int partSize(long length) {
    return Math.toIntExact(Math.max(PART, (length + MAX_PARTS - 1) / MAX_PARTS));
  }

  private CompletedPart part(int number, byte[] buffer, int filled) {
    RequestBody body =
        RequestBody.fromContentProvider(
            () -> new ByteArrayInputStream(buffer, 0, filled), filled, "application/octet-stream");
    String tag =
        client
            .uploadPart(part -> part.bucket(bucket).key(key).uploadId(id).partNumber(number), body)
            .eTag();
    return CompletedPart.builder().partNumber(number).eTag(tag).build();
  }

  private void complete(List<CompletedPart> parts) {
    client.completeMultipartUpload(
        complete ->
            complete.bucket(bucket).key(key).uploadId(id).multipartUpload(all -> all.parts(parts)));
  }

  private void abort(Exception failure) {
    try {
      client.abortMultipartUpload(abort -> abort.bucket(bucket).key(key).uploadId(id));
    } catch (SdkException e) {
      failure.addSuppressed(e);
    }
  }
}
