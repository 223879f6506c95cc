package dev.trestle.server.artifacts;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * A file that is coming. Not thread safe; closed in any case, after which nothing is left of it.
 */
final class ArtifactUpload implements AutoCloseable {

  private final ArtifactStore store;
  private final Path file;
  private final long mostBytes;
  private final MessageDigest digest = Sha256.newDigest();
  private final FileOutputStream out;
  private long bytes;

  ArtifactUpload(ArtifactStore store, Path file, long mostBytes) throws IOException {
    this.store = store;
    this.file = file;
    this.mostBytes = mostBytes;
    out = new FileOutputStream(file.toFile());
  }

  /**
   * Takes in the next bytes.
   *
   * @throws ArtifactException if they are too many
   */
  void write(ByteString data) throws IOException, ArtifactException {
    bytes += data.size();
    if (bytes > mostBytes) {
      throw new ArtifactException("it is larger than the " + mostBytes + " bytes that are allowed");
    }
    data.asReadOnlyByteBufferList().forEach(digest::update);
    data.writeTo(out);
  }

  /**
   * Has it in the store, held.
   *
   * @param expected what it is said to be, null if nothing was said
   * @throws ArtifactException if it is something else
   */
  Sha256 finish(@Nullable Sha256 expected) throws IOException, ArtifactException {
    out.getFD().sync(); // the job that needs it will be on the disk, too
    out.close();
    Sha256 hash = Sha256.of(digest);
    if (expected != null && !expected.equals(hash)) {
      throw new ArtifactException(
          "its SHA-256 is " + hash + ", and it was announced with " + expected);
    }
    store.add(hash, file);
    return hash;
  }

  @Override
  public void close() throws IOException {
    out.close();
    Files.deleteIfExists(file);
  }
}
