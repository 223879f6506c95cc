package dev.trestle.state.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What surrounds the fields of an object of our own: 8 bytes of magic, a format version (4 bytes),
 * the length of the fields (8 bytes), the fields, and the CRC32C of all before (4 bytes). It is the
 * same in every format version, so that an altered object is never taken for one of a newer
 * Trestle.
 */
record Frame(String magic, int version) {

  static final Frame MANIFEST = new Frame("TRSTLMAN", CheckpointManifest.FORMAT_VERSION);
  static final Frame LOG_ENTRY = new Frame("TRSTLLOG", LogEntry.FORMAT_VERSION);

  private static final int HEAD = 20;
  private static final int TAIL = 4;

  byte[] wrap(byte[] fields) {
    ByteBuffer bytes = ByteBuffer.allocate(HEAD + fields.length + TAIL);
    bytes.put(magic.getBytes(StandardCharsets.US_ASCII));
    bytes.putInt(version).putLong(fields.length).put(fields);
    bytes.putInt(Checksum.crc32c(bytes.array(), 0, bytes.position()));
    return bytes.array();
  }

  /**
   * The fields within.
   *
   * @param object path of the object, for errors
   * @throws CorruptCheckpointException if it is anything but what {@link #wrap} made
   * @throws UnknownFormatException if it is whole, and of a newer version
   */
  Fields unwrap(String object, byte[] bytes) throws IOException {
    if (bytes.length < HEAD + TAIL) {
      throw new CorruptCheckpointException(object, "cut off after " + bytes.length + " bytes");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    byte[] found = new byte[magic.length()];
    in.get(found);
    if (!magic.equals(new String(found, StandardCharsets.US_ASCII))) {
      throw new CorruptCheckpointException(object, "does not begin with " + magic);
    }
    int foundVersion = in.getInt();
    long length = in.getLong();
    if (length != bytes.length - HEAD - TAIL) {
      throw new CorruptCheckpointException(
          object, "cut off or continued: " + bytes.length + " bytes that say they hold " + length);
    }
    int end = bytes.length - TAIL;
    if (in.getInt(end) != Checksum.crc32c(bytes, 0, end)) {
      throw new CorruptCheckpointException(object, "the checksum differs");
    }
    if (foundVersion > version) {
      throw new UnknownFormatException(object, foundVersion, version);
    }
    if (foundVersion < 1) {
      throw new CorruptCheckpointException(object, "format version " + foundVersion);
    }
    return Fields.read(object, ByteBuffer.wrap(bytes, HEAD, end - HEAD));
  }
}
