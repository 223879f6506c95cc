package dev.trestle.server.environment;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** What Beam's own Java workers get: grouped values, side inputs, restrictions. */
final class WorkerInputTest extends EmbeddedJobTest {

  @Test
  void valuesThatAreIterablesAreGrouped() throws Exception {
    pipeline
        .apply(
            Create.<KV<String, Iterable<Integer>>>of(
                    KV.of("key", List.of(1, 2)), KV.of("key", List.of(3)))
                .withCoder(KvCoder.of(StringUtf8Coder.of(), IterableCoder.of(VarIntCoder.of()))))
        .apply(GroupByKey.create())
        .apply(ParDo.of(new Flattening()))
        .apply(ParDo.of(new Tell()));
    assertResults("key: 6");
  }

  private static final class Flattening
      extends DoFn<KV<String, Iterable<Iterable<Integer>>>, String> {
    @ProcessElement
    public void process(
        @Element KV<String, Iterable<Iterable<Integer>>> element, OutputReceiver<String> out) {
      int sum = 0;
      for (Iterable<Integer> some : element.getValue()) {
        for (int value : some) {
          sum += value;
        }
      }
      out.output(element.getKey() + ": " + sum);
    }
  }

  @Test
  void sideInputInWindowsOfTheSdk() throws Exception {
    PCollectionView<Iterable<Integer>> view =
        pipeline
            .apply("Side", Create.timestamped(at(1), at(11), at(12)))
            .apply("Odd side", Window.into(new TensFn()))
            .apply(View.asIterable());
    pipeline
        .apply("Main", Create.timestamped(at(5), at(15)))
        .apply("Odd main", Window.into(new TensFn()))
        .apply(ParDo.of(new Listing(view)).withSideInputs(view))
        .apply(ParDo.of(new Tell()));
    assertResults("5: [1]", "15: [11, 12]");
  }

  private static TimestampedValue<Integer> at(int millis) {
    return TimestampedValue.of(millis, Instant.ofEpochMilli(millis));
  }

  private static final class Listing extends DoFn<Integer, String> {
    private final PCollectionView<Iterable<Integer>> view;

    Listing(PCollectionView<Iterable<Integer>> view) {
      this.view = view;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      List<Integer> all = new ArrayList<>();
      context.sideInput(view).forEach(all::add);
      context.output(context.element() + ": " + all.stream().sorted().toList());
    }
  }

  @Test
  void sideInputsOfAllKinds() throws Exception {
    PCollection<Integer> numbers =
        pipeline.apply("Numbers", Create.of(IntStream.range(0, 1000).boxed().toList()));
    PCollectionView<List<Integer>> list = numbers.apply("List", View.asList());
    PCollectionView<Iterable<Integer>> iterable = numbers.apply("Iterable", View.asIterable());
    PCollectionView<Long> singleton =
        numbers.apply(Count.globally()).apply("Singleton", View.asSingleton());
    PCollectionView<Map<Integer, Iterable<String>>> multimap =
        pipeline
            .apply("Pairs", Create.of(KV.of(1, "a"), KV.of(1, "b"), KV.of(2, "c")))
            .apply("Multimap", View.asMultimap());
    pipeline
        .apply("Main", Create.of(1, 2, 3))
        .apply(
            ParDo.of(new Beside(list, iterable, singleton, multimap))
                .withSideInputs(list, iterable, singleton, multimap))
        .apply(ParDo.of(new Tell()));
    assertResults(
        "1: 1000 1000 1000, 2 of 2 keys",
        "2: 1000 1000 1000, 1 of 2 keys",
        "3: 1000 1000 1000, 0 of 2 keys");
  }

  private static final class Beside extends DoFn<Integer, String> {
    private final PCollectionView<List<Integer>> list;
    private final PCollectionView<Iterable<Integer>> iterable;
    private final PCollectionView<Long> singleton;
    private final PCollectionView<Map<Integer, Iterable<String>>> multimap;

    Beside(
        PCollectionView<List<Integer>> list,
        PCollectionView<Iterable<Integer>> iterable,
        PCollectionView<Long> singleton,
        PCollectionView<Map<Integer, Iterable<String>>> multimap) {
      this.list = list;
      this.iterable = iterable;
      this.singleton = singleton;
      this.multimap = multimap;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      Map<Integer, Iterable<String>> map = context.sideInput(multimap);
      context.output(
          String.format(
              "%d: %d %d %d, %d of %d keys",
              context.element(),
              context.sideInput(list).size(),
              count(context.sideInput(iterable)),
              context.sideInput(singleton),
              count(map.getOrDefault(context.element(), List.of())),
              map.keySet().size()));
    }
  }

  @Test
  void restrictionsThatArePutOff() throws Exception {
    pipeline.apply(Create.of(5, 20, 30)).apply(ParDo.of(new Pausing())).apply(ParDo.of(new Tell()));
    List<String> positions = new ArrayList<>();
    for (int size : new int[] {5, 20, 30}) {
      IntStream.range(0, size).forEach(i -> positions.add(size + ":" + i));
    }
    assertResults(positions.toArray(new String[0]));
  }

  /** Does seven positions at a time. */
  private static final class Pausing extends DoFn<Integer, String> {
    @GetInitialRestriction
    public OffsetRange initial(@Element Integer size) {
      return new OffsetRange(0, size);
    }

    @ProcessElement
    public ProcessContinuation process(
        @Element Integer size,
        RestrictionTracker<OffsetRange, Long> tracker,
        OutputReceiver<String> out) {
      long from = tracker.currentRestriction().getFrom();
      for (long i = from; tracker.tryClaim(i); i++) {
        out.output(size + ":" + i);
        if (i - from == 6) {
          return ProcessContinuation.resume().withResumeDelay(Duration.millis(5));
        }
      }
      return ProcessContinuation.stop();
    }
  }
}
