package dev.trestle.runner.worker;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Random;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.MethodDescriptor;

/** Damages messages, always the same for a seed, and sends them as what they are: bytes. */
public final class Mutations {

  /** Of requests and answers that need not be messages. */
  public static final MethodDescriptor.Marshaller<byte[]> BYTES =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] bytes) {
          return new ByteArrayInputStream(bytes);
        }

        @Override
        public byte[] parse(InputStream stream) {
          try {
            return stream.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  private static final int MOST_CHANGES = 4;
  private static final int LONGEST_PIECE = 20;

  private final Random random;

  public Mutations(long seed) {
    random = new Random(seed);
  }

  /** A copy with some bytes that are others, are missing, are there twice, or are new. */
  public byte[] of(byte[] message) {
    byte[] changed = message;
    for (int changes = 1 + random.nextInt(MOST_CHANGES); changes > 0; changes--) {
      changed = change(changed);
    }
    return changed;
  }

  private byte[] change(byte[] bytes) {
    int from = random.nextInt(bytes.length + 1);
    int end = Math.min(bytes.length, from + 1 + random.nextInt(LONGEST_PIECE));
    byte[] piece = new byte[end - from];
    random.nextBytes(piece);
    ByteArrayOutputStream changed = new ByteArrayOutputStream();
    changed.write(bytes, 0, from);
    switch (random.nextInt(5)) {
      case 0 -> {
        changed.writeBytes(piece);
        changed.write(bytes, end, bytes.length - end);
      }
      case 1 -> changed.write(bytes, end, bytes.length - end);
      case 2 -> {
        changed.write(bytes, from, end - from);
        changed.write(bytes, from, bytes.length - from);
      }
      case 3 -> {
        changed.writeBytes(piece);
        changed.write(bytes, from, bytes.length - from);
      }
      default -> { // the rest is gone
      }
    }
    return changed.toByteArray();
  }

  /** One of several. */
  public <T> T choose(List<T> several) {
    return several.get(random.nextInt(several.size()));
  }

  public int below(int limit) {
    return random.nextInt(limit);
  }
}
