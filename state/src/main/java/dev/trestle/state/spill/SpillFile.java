package dev.trestle.state.spill;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One temporary file, deleted on close. One thread appends; any number read what was appended
 * before.
 */
final class SpillFile implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SpillFile.class);

  private final Path path;
  private final FileChannel channel;
  private long size;

  SpillFile(SpillDirectory directory, String purpose) {
    path = directory.newFile(purpose);
    try {
      channel =
          FileChannel.open(
              path,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw failure("Cannot create", e);
    }
  }

  /** Number of bytes appended. */
  long size() {
    return size;
  }

  void append(byte[] bytes, int start, int end) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, start, end - start);
    try {
      while (buffer.hasRemaining()) {
        size += channel.write(buffer, size);
      }
    } catch (IOException e) {
      throw failure("Cannot write to", e);
    }
  }

  /** Fills {@code buffer[start, end)} from {@code position} on; all of it is there. */
  void read(long position, byte[] bytes, int start, int end) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, start, end - start);
    long from = position;
    try {
      while (buffer.hasRemaining()) {
        int count = channel.read(buffer, from);
        if (count < 0) {
          throw new IOException(
              "it ends at " + from + ", " + buffer.remaining() + " bytes too soon");
        }
        from += count;
      }
    } catch (IOException e) {
      throw failure("Cannot read", e);
    }
  }

  /** An error that names the file, and says how much room there is. */
  private SpillException failure(String what, IOException cause) {
    String room;
    try {
      room = (Files.getFileStore(path.getParent()).getUsableSpace() >> 20) + " MB";
    } catch (IOException e) {
      room = "an unknown amount";
    }
    return new SpillException(
        what
            + " the spill file "
            + path
            + " (room left there: "
            + room
            + "): "
            + cause.getMessage(),
        cause);
  }

  @Override
  public void close() {
    try (channel) {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      LOG.warn("Could not delete the spill file {}", path, e);
    }
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
