package dev.trestle.state.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Writes fields: a tag (2 bytes), a length (4 bytes), the content. Numbers have 8 bytes, text is
 * UTF-8, all big-endian. {@link Fields} reads them. Not thread safe.
 */
public final class FieldWriter {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  public FieldWriter number(int tag, long value) {
    return bytes(tag, ByteBuffer.allocate(Long.BYTES).putLong(value).array());
  }

  public FieldWriter text(int tag, String value) {
    return bytes(tag, value.getBytes(StandardCharsets.UTF_8));
  }

  public FieldWriter fields(int tag, FieldWriter nested) {
    return bytes(tag, nested.toBytes());
  }

  public FieldWriter bytes(int tag, byte[] content) {
    out.writeBytes(ByteBuffer.allocate(6).putShort((short) tag).putInt(content.length).array());
    out.writeBytes(content);
    return this;
  }

  public byte[] toBytes() {
    return out.toByteArray();
  }
}
