package dev.trestle.runner.source;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;

import dev.trestle.runner.checkpoint.RestoredJob;
import dev.trestle.runner.checkpoint.StateFile;
import dev.trestle.runner.checkpoint.StateFileWriter;
import dev.trestle.runner.operator.CollectingReceiver;
import dev.trestle.runner.operator.FakeOperatorContext;
import dev.trestle.runner.operator.Slice;
import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.checkpoint.SnapshotFile;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the mark of a checkpoint from which a job goes on. */
final class RestoredMarksTest {

  private static final String STEP = "Read UnboundedRead";

  /** What sources were told and asked, in this order. */
  private static final List<String> HISTORY = new ArrayList<>();

  @TempDir Path directory;

  @BeforeEach
  void forget() {
    HISTORY.clear();
  }

  @Test
  void restoredMarkIsFinalizedBeforeAnythingIsRead() throws Exception {
    CollectingReceiver output = restored(new Queue(false));
    assertThat(HISTORY, contains("finalized 2", "reads from 2"));
    assertThat(output.values(), contains((Object) 2L));
  }

  @Test
  void markThatCannotBeFinalizedWithoutItsReaderDoesNoHarm() throws Exception {
    CollectingReceiver output = restored(new Queue(true));
    assertThat(HISTORY, contains("reads from 2"));
    assertThat(output.values(), contains((Object) 2L));
  }

  /** Reads two elements, takes a snapshot, dies, and reads another from there. */
  private CollectingReceiver restored(Queue source) throws Exception {
    FakeOperatorContext context = new FakeOperatorContext();
    UnboundedReadOperator first = operator(source, new CollectingReceiver());
    first.open(context);
    advance(first, 2);
    Path file = directory.resolve("snapshot");
    try (StateFileWriter writer = new StateFileWriter(file, 128)) {
      first.snapshot(writer.step(STEP));
      writer.finish();
    }
    first.close();
    assertThat("nobody said that it was committed", HISTORY, contains("reads from 0"));
    HISTORY.clear();
    RestoredJob.Builder builder = RestoredJob.Builder.of(Map.of());
    builder.addTask(
        STEP,
        new RestoredJob.StageProgress(false, 0),
        KeyGroupRange.all(128),
        List.of(new SnapshotFile(StateFile.NAME, file, false)));
    context.with(builder.build().whole(STEP));
    CollectingReceiver output = new CollectingReceiver();
    UnboundedReadOperator second = operator(source, output);
    second.open(context);
    assertThat(second.watermark(), is(1L));
    advance(second, 1);
    second.close();
    return output;
  }

  private static UnboundedReadOperator operator(Queue source, CollectingReceiver output) {
    return new UnboundedReadOperator(source, new UnboundedSplits(source, 1), 0, output);
  }

  private static void advance(UnboundedReadOperator operator, int elements) {
    Slice slice = new Slice();
    slice.restart(elements, System.nanoTime() + 60_000_000_000L);
    operator.advance(slice);
  }

  /** Counts up. Element n is at time n. */
  private static final class Queue extends UnboundedSource<Long, Queue.Mark> {

    private final boolean needsReader;

    record Mark(long next, boolean needsReader) implements CheckpointMark, Serializable {
      @Override
      public void finalizeCheckpoint() throws IOException {
        if (needsReader) {
          throw new IOException("no reader");
        }
        HISTORY.add("finalized " + next);
      }
    }

    Queue(boolean needsReader) {
      this.needsReader = needsReader;
    }

    @Override
    public List<Queue> split(int desired, PipelineOptions options) {
      return List.of(this);
    }

    @Override
    public UnboundedReader<Long> createReader(PipelineOptions options, @Nullable Mark mark) {
      long next = mark == null ? 0 : mark.next();
      HISTORY.add("reads from " + next);
      return new Reader(next);
    }

    @Override
    public Coder<Mark> getCheckpointMarkCoder() {
      return SerializableCoder.of(Mark.class);
    }

    @Override
    public Coder<Long> getOutputCoder() {
      return VarLongCoder.of();
    }

    private final class Reader extends UnboundedReader<Long> {
      private long next;

      Reader(long next) {
        this.next = next;
      }

      @Override
      public boolean start() {
        return advance();
      }

      @Override
      public boolean advance() {
        next++;
        return true;
      }

      @Override
      public Long getCurrent() {
        return next - 1;
      }

      @Override
      public Instant getCurrentTimestamp() {
        return Instant.ofEpochMilli(next - 1);
      }

      @Override
      public Instant getWatermark() {
        return Instant.ofEpochMilli(next - 1);
      }

      @Override
      public CheckpointMark getCheckpointMark() {
        return new Mark(next, needsReader);
      }

      @Override
      public UnboundedSource<Long, ?> getCurrentSource() {
        return Queue.this;
      }

      @Override
      public void close() {}
    }
  }
}
