package dev.trestle.runner.keyed;

import dev.trestle.state.table.Serializer;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.Function;
import org.apache.beam.sdk.coders.Coder;

/**
 * Writes what a table holds by a Beam coder.
 *
 * @param <T> what the table holds
 * @param <C> what the coder knows
 */
final class CoderSerializer<T, C> implements Serializer<T> {

  private final Coder<C> coder;
  private final Function<? super T, ? extends C> toCoded;
  private final Function<? super C, ? extends T> fromCoded;

  CoderSerializer(
      Coder<C> coder,
      Function<? super T, ? extends C> toCoded,
      Function<? super C, ? extends T> fromCoded) {
    this.coder = coder;
    this.toCoded = toCoded;
    this.fromCoded = fromCoded;
  }

  static <T> CoderSerializer<T, T> of(Coder<T> coder) {
    return new CoderSerializer<>(coder, Function.identity(), Function.identity());
  }

  @Override
  public void write(T value, DataOutput out) throws IOException {
    coder.encode(toCoded.apply(value), out instanceof OutputStream stream ? stream : new Sink(out));
  }

  @Override
  public T read(DataInput in) throws IOException {
    return fromCoded.apply(
        coder.decode(in instanceof DataInputStream stream ? stream : new Source(in)));
  }

  private static final class Sink extends OutputStream {
    private final DataOutput out;

    Sink(DataOutput out) {
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }
  }

  /** A coder that delimits what it writes asks for no more than it has written. */
  private static final class Source extends InputStream {
    private final DataInput in;

    Source(DataInput in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      try {
        return in.readUnsignedByte();
      } catch (EOFException e) {
        return -1;
      }
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      in.readFully(bytes, offset, length);
      return length;
    }
  }
}
