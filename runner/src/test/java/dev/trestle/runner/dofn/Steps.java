package dev.trestle.runner.dofn;

import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.Slice;
import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.DoFnSpec;
import dev.trestle.translation.graph.Step;
import dev.trestle.translation.graph.TransformName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.DoFnSchemaInformation;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** Steps and other things that tests of operators need. */
final class Steps {

  static final TransformName NAME = new TransformName("id", "Step");
  static final TupleTag<String> MAIN = new TupleTag<>("main");
  static final TupleTag<String> SIDE = new TupleTag<>("side");
  static final EdgeFormat KEYED = keyedFormat();

  private Steps() {}

  static Instant at(long millis) {
    return Instant.ofEpochMilli(millis);
  }

  /** The window {@code [index * 10, index * 10 + 10)}. */
  static IntervalWindow window(int index) {
    return new IntervalWindow(at(10L * index), Duration.millis(10));
  }

  static Slice slice() {
    return slice(1_000_000);
  }

  static Slice slice(int elements) {
    Slice slice = new Slice();
    slice.restart(elements, System.nanoTime() + 60_000_000_000L);
    return slice;
  }

  static DoFnSpec spec(DoFn<?, ?> fn, Map<String, PCollectionView<?>> views, TupleTag<?>... more) {
    List<TupleTag<?>> tags = new ArrayList<>(List.of(MAIN));
    tags.addAll(List.of(more));
    return new DoFnSpec(fn, tags, Map.of(), views, DoFnSchemaInformation.create());
  }

  static Collection collection(Coder<?> coder, Duration lateness) {
    return new Collection(
        "input",
        coder,
        WindowingStrategy.of(FixedWindows.of(Duration.millis(10))).withAllowedLateness(lateness),
        true);
  }

  static Collection strings() {
    return collection(StringUtf8Coder.of(), Duration.ZERO);
  }

  static Step.ParDo parDo(DoFn<?, ?> fn, TupleTag<?>... more) {
    return new Step.ParDo(NAME, strings(), spec(fn, Map.of(), more));
  }

  static Step.StatefulParDo stateful(DoFn<?, ?> fn, Duration lateness) {
    return new Step.StatefulParDo(
        NAME,
        collection(KvCoder.of(StringUtf8Coder.of(), VarIntCoder.of()), lateness),
        spec(fn, Map.of()));
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // coders of a test's own elements
  private static EdgeFormat keyedFormat() {
    return new EdgeFormat((Coder) StringUtf8Coder.of(), (Coder) VarIntCoder.of(), true, true);
  }
}
