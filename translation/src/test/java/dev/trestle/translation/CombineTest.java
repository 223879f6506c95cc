package dev.trestle.translation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.graph.Step;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.CombineWithContext.CombineFnWithContext;
import org.apache.beam.sdk.transforms.CombineWithContext.Context;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionView;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;

class CombineTest {
  private static final Duration MINUTE = Duration.standardMinutes(1);

  private static boolean lifted(Window<Long> window) {
    return lifted(GenerateSequence.from(0), window);
  }

  private static boolean lifted(GenerateSequence source, Window<Long> window) {
    Pipeline p = Graphs.pipeline();
    p.apply(source).apply(window).apply(WithKeys.of("key")).apply("Sum", Sum.longsPerKey());
    OperatorGraph graph = PipelineTranslator.translate(p);
    boolean lifted = Graphs.step(graph, Step.CombinePerKey.class).lifted();
    assertThat(Graphs.steps(graph, Step.Precombine.class), hasSize(lifted ? 1 : 0));
    return lifted;
  }

  private static Window<Long> fixed() {
    return Window.into(FixedWindows.of(MINUTE));
  }

  private static Window<Long> triggered(Trigger trigger) {
    return fixed().triggering(trigger).discardingFiredPanes().withAllowedLateness(MINUTE);
  }

  @Test
  void unboundedCombineInFixedWindowsIsLifted() {
    assertThat(lifted(fixed()), is(true));
  }

  @Test
  void combineInMergingWindowsIsNotLifted() {
    assertThat(lifted(Window.into(Sessions.withGapDuration(MINUTE))), is(false));
  }

  @Test
  void earlyFiringsByProcessingTimeAreLifted() {
    Trigger trigger =
        AfterWatermark.pastEndOfWindow()
            .withEarlyFirings(AfterProcessingTime.pastFirstElementInPane().plusDelayOf(MINUTE))
            .withLateFirings(AfterProcessingTime.pastFirstElementInPane());
    assertThat(lifted(triggered(trigger)), is(true));
  }

  @Test
  void lateFiringsByCountAreNotLifted() {
    Trigger trigger =
        AfterWatermark.pastEndOfWindow().withLateFirings(AfterPane.elementCountAtLeast(1));
    assertThat(lifted(triggered(trigger)), is(false));
  }

  @Test
  void countWithinARepetitionIsNotLifted() {
    Trigger trigger = Repeatedly.forever(AfterPane.elementCountAtLeast(10));
    assertThat(lifted(triggered(trigger)), is(false));
  }

  @Test
  void timestampsOfElementsMatterInUnboundedCollectionsOnly() {
    Window<Long> earliest = fixed().withTimestampCombiner(TimestampCombiner.EARLIEST);
    assertThat(lifted(earliest), is(false));
    assertThat(lifted(GenerateSequence.from(0).to(10), earliest), is(true));
  }

  @Test
  void combineWithSideInputsIsTranslatedByItsParts() {
    Pipeline p = Graphs.pipeline();
    PCollectionView<Long> view = p.apply("Side", Create.of(1L)).apply(View.asSingleton());
    p.apply("Main", Create.of(KV.of("a", 1L)))
        .apply("Sum", Combine.<String, Long, Long>perKey(new SumAndSide()).withSideInputs(view));

    OperatorGraph graph = PipelineTranslator.translate(p);

    assertThat(Graphs.rootedIn(graph, Step.GroupByKey.class), hasSize(1));
    assertThat(
        Graphs.nodes(Graphs.rootedIn(graph, Step.GroupByKey.class).get(0), "Sum"), not(empty()));
  }

  @Test
  void hotKeyFanoutMakesTwoCombines() {
    Pipeline p = Graphs.pipeline();
    p.apply("Main", Create.of(KV.of("a", 1L)))
        .apply(Combine.<String, Long, Long>perKey(Sum.ofLongs()).withHotKeyFanout(4));

    OperatorGraph graph = PipelineTranslator.translate(p);

    assertThat(Graphs.steps(graph, Step.CombinePerKey.class), hasSize(2));
    assertThat(
        Graphs.steps(graph, Step.CombinePerKey.class).stream()
            .map(Step.CombinePerKey::lifted)
            .toList(),
        everyItem(is(true)));
  }

  @Test
  void globalCombineIsACombinePerVoidKeyWithADefault() {
    Pipeline p = Graphs.pipeline();
    p.apply("Main", Create.of(1L)).apply("Sum", Sum.longsGlobally());

    OperatorGraph graph = PipelineTranslator.translate(p);

    assertThat(Graphs.steps(graph, Step.CombinePerKey.class), hasSize(1));
    assertThat(Graphs.steps(graph, Step.View.class), hasSize(1));
  }

  @Test
  void groupedValuesAreCombinedBehindTheUsersGrouping() {
    Pipeline p = Graphs.pipeline();
    p.apply("Words", Create.of("a"))
        .apply(ParDo.of(new Fns.Pair()))
        .apply("Group", GroupByKey.create())
        .apply("Combine", Combine.groupedValues(Sum.ofLongs()));

    OperatorGraph graph = PipelineTranslator.translate(p);

    assertThat(Graphs.stage(graph, "Group"), is(Graphs.stage(graph, "Combine")));
    assertThat(Graphs.steps(graph, Step.CombineGroupedValues.class), hasSize(1));
  }

  private static final class SumAndSide extends CombineFnWithContext<Long, Long, Long> {
    private static final long serialVersionUID = 1L;

    @Override
    public Long createAccumulator(Context c) {
      return 0L;
    }

    @Override
    public Long addInput(Long accumulator, Long input, Context c) {
      return accumulator + input;
    }

    @Override
    public Long mergeAccumulators(Iterable<Long> accumulators, Context c) {
      long sum = 0;
      for (long accumulator : accumulators) {
        sum += accumulator;
      }
      return sum;
    }

    @Override
    public Long extractOutput(Long accumulator, Context c) {
      return accumulator;
    }
  }
}
