package dev.trestle.translation.wire;

import java.io.IOException;
import java.util.List;

/** The layouts that the model's coders are made of. */
final class Skippers {
  /** Not for instances. */
  private Skippers() {}

  /** Values that all have the same number of bytes, perhaps none. */
  record Fixed(int bytes) implements Skipper {
    private static final long serialVersionUID = 1L;

    @Override
    public void skip(WireInput in) throws IOException {
      in.pass(bytes);
    }
  }

  /** A number in base 128. */
  record VarInt() implements Skipper {
    private static final long serialVersionUID = 1L;

    @Override
    public void skip(WireInput in) throws IOException {
      in.varInt();
    }
  }

  /** Any bytes behind their number. */
  record LengthPrefixed() implements Skipper {
    private static final long serialVersionUID = 1L;

    @Override
    public void skip(WireInput in) throws IOException {
      in.pass(in.varInt());
    }
  }

  /** One value behind the other. */
  record Sequence(List<Skipper> parts) implements Skipper {
    private static final long serialVersionUID = 1L;

    Sequence {
      parts = List.copyOf(parts);
    }

    Sequence(Skipper... parts) {
      this(List.of(parts));
    }

    @Override
    public void skip(WireInput in) throws IOException {
      for (Skipper part : parts) {
        part.skip(in);
      }
    }
  }

  /**
   * Any number of values. It stands in front, or is -1: then values come in blocks with a number in
   * front of each, and the last block is empty. A block of -1 is a token, by which more can be had.
   */
  record Repeated(Skipper element) implements Skipper {
    private static final long serialVersionUID = 1L;

    @Override
    public void skip(WireInput in) throws IOException {
      int count = in.fixedInt();
      if (count >= 0) {
        skip(count, in);
        return;
      }
      long block = in.varInt();
      for (; block > 0; block = in.varInt()) {
        skip(block, in);
      }
      if (block < 0) {
        in.pass(in.varInt());
      }
    }

    private void skip(long count, WireInput in) throws IOException {
      for (long i = 0; i < count; i++) {
        element.skip(in);
      }
    }
  }

  /** Keys and values, their number in front. */
  record Entries(Skipper key, Skipper value) implements Skipper {
    private static final long serialVersionUID = 1L;

    @Override
    public void skip(WireInput in) throws IOException {
      for (int left = in.fixedInt(); left > 0; left--) {
        key.skip(in);
        value.skip(in);
      }
    }
  }

  /** A byte that tells whether there is a value. */
  record Optional(Skipper value) implements Skipper {
    private static final long serialVersionUID = 1L;

    @Override
    public void skip(WireInput in) throws IOException {
      if (in.next() != 0) {
        value.skip(in);
      }
    }
  }

  /** Which pane an element is of, and metadata of the element if it says so. */
  record Pane() implements Skipper {
    private static final long serialVersionUID = 1L;

    private static final int METADATA = 0x80;
    private static final int INDICES = 0x70;

    @Override
    public void skip(WireInput in) throws IOException {
      int first = in.next();
      for (int left = (first & INDICES) >> 4; left > 0; left--) {
        in.varInt();
      }
      if ((first & METADATA) != 0) {
        in.pass(in.varInt());
      }
    }
  }

  /** A timer: key, tag, windows, and three more unless it is being cleared. */
  record Timer(Skipper key, Skipper window) implements Skipper {
    private static final long serialVersionUID = 1L;

    @Override
    public void skip(WireInput in) throws IOException {
      key.skip(in);
      in.pass(in.varInt());
      new Repeated(window).skip(in);
      boolean cleared = in.next() != 0;
      if (!cleared) {
        in.pass(2 * Long.BYTES);
        new Pane().skip(in);
      }
    }
  }
}
