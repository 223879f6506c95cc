package dev.trestle.state.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * Length and CRC32C of a file's content.
 *
 * @param length in bytes
 * @param crc32c as RFC 3720 has it
 */
record Checksum(long length, int crc32c) {

  static Checksum of(Path file) throws IOException {
    CRC32C crc = new CRC32C();
    long length = 0;
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      int count;
      while ((count = in.read(buffer)) >= 0) {
        crc.update(buffer, 0, count);
        length += count;
      }
    }
    return new Checksum(length, (int) crc.getValue());
  }

  /** The CRC32C of a slice. */
  static int crc32c(byte[] bytes, int start, int end) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, start, end - start);
    return (int) crc.getValue();
  }

  @Override
  public String toString() {
    return String.format("%d bytes with CRC32C %08x", length, crc32c);
  }
}
