package dev.trestle.runner.recovery;

import java.util.stream.StreamSupport;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;
import org.joda.time.Duration;

/** How results are written to the world. */
final class Writing {

  private Writing() {}

  /** Writes each value under its key and window, and their sum: a duplicate is in that twice. */
  static final class Results<K> extends PTransform<PCollection<KV<K, Long>>, PDone> {
    private final transient World world;

    Results(World world) {
      this.world = world;
    }

    @Override
    public PDone expand(PCollection<KV<K, Long>> input) {
      input.apply("Each", ParDo.of(new Sink<>(world)));
      input.apply(Values.create()).apply(new Sums(world));
      return PDone.in(input.getPipeline());
    }
  }

  /**
   * Writes sums over long windows: what is lost or done twice shows, in whatever order it comes.
   */
  static final class Sums extends PTransform<PCollection<Long>, PDone> {
    private final transient World world;

    Sums(World world) {
      this.world = world;
    }

    @Override
    public PDone expand(PCollection<Long> input) {
      input
          .apply(
              Window.<Long>into(FixedWindows.of(Duration.millis(200)))
                  .triggering(DefaultTrigger.of())
                  .withAllowedLateness(Duration.ZERO)
                  .discardingFiredPanes())
          .apply(Combine.globally(Sum.ofLongs()).withoutDefaults())
          .apply(ParDo.of(new SumSink(world)));
      return PDone.in(input.getPipeline());
    }
  }

  private static final class SumSink extends DoFn<Long, Void> {
    private final World world;

    SumSink(World world) {
      this.world = world;
    }

    @ProcessElement
    public void process(@Element Long sum, BoundedWindow window) {
      world.write("sum in " + window, sum);
    }
  }

  /** Writes each value under its key and window. */
  static final class Sink<K> extends DoFn<KV<K, Long>, Void> {
    private final World world;

    Sink(World world) {
      this.world = world;
    }

    @ProcessElement
    public void process(@Element KV<K, Long> element, BoundedWindow window) {
      world.write(element.getKey() + " in " + window, element.getValue());
    }
  }

  /** Writes panes on time: early ones depend on the order of turns. */
  static final class OnTimeSink<K> extends DoFn<KV<K, Long>, Void> {
    private final World world;

    OnTimeSink(World world) {
      this.world = world;
    }

    @ProcessElement
    public void process(@Element KV<K, Long> element, BoundedWindow window, PaneInfo pane) {
      if (pane.getTiming() == PaneInfo.Timing.ON_TIME) {
        world.write(element.getKey() + " in " + window, element.getValue());
      }
    }
  }

  /** Writes last panes. */
  static final class LastSink<K> extends DoFn<KV<K, Long>, Void> {
    private final World world;

    LastSink(World world) {
      this.world = world;
    }

    @ProcessElement
    public void process(@Element KV<K, Long> element, BoundedWindow window, PaneInfo pane) {
      if (pane.isLast()) {
        world.write(element.getKey() + " in " + window, element.getValue());
      }
    }
  }

  /** Sums of groups. */
  static final class Total extends DoFn<KV<Long, Iterable<Long>>, KV<Long, Long>> {
    @ProcessElement
    public void process(
        @Element KV<Long, Iterable<Long>> group, OutputReceiver<KV<Long, Long>> out) {
      out.output(KV.of(group.getKey(), sum(group.getValue())));
    }
  }

  static long sum(Iterable<Long> values) {
    return StreamSupport.stream(values.spliterator(), false).mapToLong(n -> n).sum();
  }
}
