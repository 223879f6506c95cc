package dev.trestle.runner.recovery;

import dev.trestle.runner.TrestlePipelineOptions;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;

/**
 * A streaming job for a process whose heap does not hold its windows: counts long keys, each of
 * which comes twice, far apart. Prints how many counts there were, and how many of them were not 2.
 */
final class ManyKeysMain {

  static final int KEYS = 300_000;

  private static final Duration LONG = Duration.standardDays(1);
  private static final AtomicLong COUNTS = new AtomicLong();
  private static final AtomicLong WRONG = new AtomicLong();

  private ManyKeysMain() {}

  /** Takes a kind of windows and the pipeline's options. */
  public static void main(String[] args) {
    String[] rest = Arrays.copyOfRange(args, 1, args.length);
    Pipeline pipeline =
        Pipeline.create(PipelineOptionsFactory.fromArgs(rest).as(TrestlePipelineOptions.class));
    pipeline
        .apply(Read.from(new Numbers(2 * KEYS, 10_000)))
        .apply(ParDo.of(new LongKey()))
        .apply(Window.into(windows(args[0])))
        .apply(Count.perElement())
        .apply(ParDo.of(new Check()));
    pipeline.run().waitUntilFinish();
    System.out.println("counts=" + COUNTS + " wrong=" + WRONG);
  }

  private static WindowFn<Object, ?> windows(String kind) {
    return switch (kind) {
      case "fixed" -> FixedWindows.of(LONG);
      case "sliding" -> SlidingWindows.of(LONG.multipliedBy(2)).every(LONG);
      case "sessions" -> Sessions.withGapDuration(LONG);
      default -> throw new IllegalArgumentException(kind);
    };
  }

  private static final class LongKey extends DoFn<Long, String> {
    @ProcessElement
    public void process(@Element Long number, OutputReceiver<String> out) {
      out.output("k".repeat(100) + number % KEYS);
    }
  }

  private static final class Check extends DoFn<KV<String, Long>, Void> {
    @ProcessElement
    public void process(@Element KV<String, Long> count) {
      COUNTS.incrementAndGet();
      if (count.getValue() != 2) {
        WRONG.incrementAndGet();
      }
    }
  }
}
