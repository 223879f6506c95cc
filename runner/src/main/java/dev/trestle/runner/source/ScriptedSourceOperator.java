package dev.trestle.runner.source;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.exchange.ByteSource;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Progress;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.operator.SnapshotWriter;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.List;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.testing.TestStream.ElementEvent;
import org.apache.beam.sdk.testing.TestStream.Event;
import org.apache.beam.sdk.testing.TestStream.ProcessingTimeEvent;
import org.apache.beam.sdk.testing.TestStream.WatermarkEvent;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.TimestampedValue;

/**
 * Plays a test stream, one event a turn. The scheduler gives it a turn only when nothing else in
 * the job can run, so that each event's consequences are complete before the next one.
 */
public final class ScriptedSourceOperator extends AbstractSource {

  private static final String POSITION = "position";

  private final List<? extends Event<?>> events;
  private final ScriptedClock clock;
  private final Receiver output;
  private int next;
  private long watermark = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

  public ScriptedSourceOperator(TestStream<?> script, ScriptedClock clock, Receiver output) {
    events = script.getEvents();
    this.clock = clock;
    this.output = output;
  }

  @Override
  public void open(OperatorContext context) throws Exception {
    super.open(context);
    context.restored().read(POSITION, (keyGroup, record) -> restore(record));
  }

  /** Section {@code position}: number of events played, watermark, processing time. */
  @Override
  public void snapshot(SnapshotWriter out) {
    ByteSink record = out.section(POSITION).unkeyed();
    record.writeInt(next);
    record.writeLong(watermark);
    record.writeLong(clock.millis());
  }

  private void restore(ByteSource record) throws IOException {
    DataInputStream in = new DataInputStream(record);
    next = in.readInt();
    watermark = in.readLong();
    clock.advance(in.readLong());
  }

  @Override
  public Progress advance(Slice slice) {
    if (next < events.size()) {
      play(events.get(next++));
    }
    if (next < events.size()) {
      return Progress.MADE;
    }
    watermark = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();
    clock.release();
    return Progress.DONE;
  }

  private void play(Event<?> event) {
    if (event instanceof ElementEvent<?> elements) {
      for (TimestampedValue<?> element : elements.getElements()) {
        output.accept(
            element.getValue(),
            element.getTimestamp(),
            GlobalWindow.INSTANCE,
            PaneInfo.NO_FIRING,
            null);
      }
    } else if (event instanceof WatermarkEvent<?> moved) {
      watermark = Math.max(watermark, moved.getWatermark().getMillis());
    } else if (event instanceof ProcessingTimeEvent<?> passed) {
      clock.advance(passed.getProcessingTimeAdvance().getMillis());
    } else {
      throw new IllegalArgumentException("Unknown event of a test stream: " + event);
    }
  }

  @Override
  public long watermark() {
    return watermark;
  }
}
