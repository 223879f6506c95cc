package dev.trestle.runner.harness;

import dev.trestle.runner.exchange.ByteSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteOutput;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.UnsafeByteOperations;
import org.jspecify.annotations.Nullable;

/** Reads byte strings where they are: they may have megabytes. */
final class SharedBytes extends ByteOutput {
  private @Nullable ByteSource only;
  private boolean isOneArray = true;

  private SharedBytes() {}

  /** Reads a byte string, of whose array nothing may be changed. */
  static ByteSource of(ByteString bytes) {
    SharedBytes shared = new SharedBytes();
    try {
      UnsafeByteOperations.unsafeWriteTo(bytes, shared);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ByteSource source = shared.only;
    if (source != null && shared.isOneArray) {
      return source;
    }
    byte[] copy = bytes.toByteArray();
    return new ByteSource(copy, 0, copy.length);
  }

  @Override
  public void writeLazy(byte[] value, int offset, int length) {
    isOneArray &= only == null;
    only = new ByteSource(value, offset, offset + length);
  }

  /** A buffer, or an array that its owner may change: only copied. */
  @Override
  public void writeLazy(ByteBuffer value) {
    isOneArray = false;
  }

  @Override
  public void write(byte value) {
    isOneArray = false;
  }

  @Override
  public void write(byte[] value, int offset, int length) {
    isOneArray = false;
  }

  @Override
  public void write(ByteBuffer value) {
    isOneArray = false;
  }
}
