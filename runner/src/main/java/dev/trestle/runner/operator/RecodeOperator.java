package dev.trestle.runner.operator;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.exchange.ByteSource;
import dev.trestle.translation.graph.Step;
import java.io.IOException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.util.UserCodeException;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** Writes every element by one coder and reads it by another. */
public final class RecodeOperator extends StatelessOperator {

  private final Coder<Object> writer;
  private final Coder<Object> reader;
  private final Receiver output;
  private final ByteSink sink = new ByteSink();

  @SuppressWarnings("unchecked") // elements of a collection fit its coder
  public RecodeOperator(Step.Recode step, Receiver output) {
    writer = (Coder<Object>) step.writer();
    reader = (Coder<Object>) step.reader();
    this.output = output;
  }

  @Override
  @SuppressWarnings("NullAway") // a coder that admits null takes it, any other says so itself
  public void accept(
      @Nullable Object value,
      Instant timestamp,
      Object windows,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    Object read;
    sink.reset();
    try {
      writer.encode(value, sink);
      read = reader.decode(new ByteSource(sink.array(), 0, sink.size()));
    } catch (IOException | RuntimeException e) {
      throw UserCodeException.wrap(e);
    }
    output.accept(read, timestamp, windows, pane, metadata);
  }
}
