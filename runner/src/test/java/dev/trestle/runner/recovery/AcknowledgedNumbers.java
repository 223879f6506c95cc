package dev.trestle.runner.recovery;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** {@link Numbers} that the world forgets when they are acknowledged. */
final class AcknowledgedNumbers extends UnboundedSource<Long, AcknowledgedNumbers.Mark> {

  private final Numbers numbers;
  private final World world;

  record Mark(World world, int split, Numbers.Mark position)
      implements CheckpointMark, Serializable {

    @Override
    public void finalizeCheckpoint() {
      world.isDurable("split " + split, position.next());
    }
  }

  AcknowledgedNumbers(Numbers numbers, World world) {
    this.numbers = numbers;
    this.world = world;
  }

  @Override
  public List<AcknowledgedNumbers> split(int desired, PipelineOptions options) {
    return numbers.split(desired, options).stream()
        .map(split -> new AcknowledgedNumbers(split, world))
        .toList();
  }

  @Override
  public UnboundedReader<Long> createReader(PipelineOptions options, @Nullable Mark mark)
      throws IOException {
    world.goesOn("split " + numbers.number(), mark == null ? 0 : mark.position().next());
    return new Reader(numbers.createReader(options, mark == null ? null : mark.position()));
  }

  @Override
  public Coder<Mark> getCheckpointMarkCoder() {
    return SerializableCoder.of(Mark.class);
  }

  @Override
  public Coder<Long> getOutputCoder() {
    return numbers.getOutputCoder();
  }

  private final class Reader extends UnboundedReader<Long> {
    private final UnboundedReader<Long> reader;

    Reader(UnboundedReader<Long> reader) {
      this.reader = reader;
    }

    @Override
    public boolean start() throws IOException {
      return reader.start();
    }

    @Override
    public boolean advance() throws IOException {
      return reader.advance();
    }

    @Override
    public Long getCurrent() {
      return reader.getCurrent();
    }

    @Override
    public Instant getCurrentTimestamp() {
      return reader.getCurrentTimestamp();
    }

    @Override
    public Instant getWatermark() {
      return reader.getWatermark();
    }

    @Override
    public CheckpointMark getCheckpointMark() {
      return new Mark(world, numbers.number(), (Numbers.Mark) reader.getCheckpointMark());
    }

    @Override
    public UnboundedSource<Long, ?> getCurrentSource() {
      return AcknowledgedNumbers.this;
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }
}
