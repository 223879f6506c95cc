package dev.trestle.runner.sideinput;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.exchange.ByteSource;
import dev.trestle.state.memory.MemoryBudget;
import dev.trestle.state.spill.ByteSlice;
import dev.trestle.state.spill.SpillDirectory;
import dev.trestle.state.spill.SpillingLog;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.util.UserCodeException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the elements of side inputs: as objects as long as the memory budget allows, else encoded,
 * on disk. Memory and files are given back when no task refers to the elements any more, which only
 * the garbage collector knows.
 */
final class ContentsStore {

  private static final Cleaner CLEANER = Cleaner.create();

  /** Budget is taken in steps of so many bytes. */
  private static final long STEP = 1 << 18;

  /** One in so many elements is encoded to learn how large they are. */
  private static final int SAMPLE = 16;

  /** What an element takes as an object, for each byte of its encoding, and besides. */
  private static final int OBJECT_FACTOR = 3;

  private static final int OBJECT_BYTES = 32;

  private final MemoryBudget memory;
  private final SpillDirectory spill;
  private final Coder<Object> coder;
  private final ByteSink sink = new ByteSink();

  ContentsStore(MemoryBudget memory, SpillDirectory spill, Coder<Object> coder) {
    this.memory = memory;
    this.spill = spill;
    this.coder = coder;
  }

  /** A copy of the elements that any number of threads may iterate. */
  Iterable<Object> store(Iterable<?> elements) {
    List<Object> kept = new ArrayList<>();
    long estimate = 0;
    long perElement = 0;
    long reserved = 0;
    Iterator<?> iterator = elements.iterator();
    while (iterator.hasNext()) {
      Object element = iterator.next();
      if (kept.size() % SAMPLE == 0) {
        perElement = OBJECT_BYTES + (long) OBJECT_FACTOR * encode(element);
      }
      kept.add(element);
      estimate += perElement;
      if (estimate > reserved) {
        if (!memory.tryReserve(STEP)) {
          memory.release(reserved);
          return spill(kept, iterator);
        }
        reserved += STEP;
      }
    }
    Iterable<Object> result = Collections.unmodifiableList(kept);
    long toRelease = reserved;
    CLEANER.register(result, () -> memory.release(toRelease));
    return result;
  }

  private Iterable<Object> spill(List<Object> kept, Iterator<?> rest) {
    SpillingLog log = new SpillingLog(memory, spill);
    for (Object element : kept) {
      append(log, element);
    }
    kept.clear();
    while (rest.hasNext()) {
      append(log, rest.next());
    }
    log.seal();
    Iterable<Object> result = new Spilled(log, coder);
    CLEANER.register(result, log::close);
    return result;
  }

  private void append(SpillingLog log, @Nullable Object element) {
    int length = encode(element);
    log.append(sink.array(), 0, length);
  }

  @SuppressWarnings("NullAway") // a coder that admits null takes it, any other says so itself
  private int encode(@Nullable Object element) {
    sink.reset();
    try {
      coder.encode(element, sink);
    } catch (IOException | RuntimeException e) {
      throw UserCodeException.wrap(e);
    }
    return sink.size();
  }

  /** Elements that are decoded on each iteration. */
  private static final class Spilled implements Iterable<Object> {

    private final SpillingLog log;
    private final Coder<Object> coder;

    Spilled(SpillingLog log, Coder<Object> coder) {
      this.log = log;
      this.coder = coder;
    }

    @Override
    public Iterator<Object> iterator() {
      Iterator<ByteSlice> records = log.iterator();
      Spilled owner = this;
      return new Iterator<>() {

        /** Keeps the log from being closed while somebody iterates. */
        private final Spilled keptAlive = owner;

        @Override
        public boolean hasNext() {
          return records.hasNext();
        }

        @Override
        public Object next() {
          ByteSlice record = records.next();
          try {
            return keptAlive.coder.decode(
                new ByteSource(record.bytes(), record.start(), record.end()));
          } catch (IOException | RuntimeException e) {
            throw UserCodeException.wrap(e);
          }
        }
      };
    }
  }
}
