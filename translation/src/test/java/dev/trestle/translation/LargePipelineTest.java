package dev.trestle.translation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.trestle.translation.graph.OperatorGraph;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.junit.jupiter.api.Test;

/** Only our part is timed, not how long the SDK takes to make the proto. */
class LargePipelineTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private static OperatorGraph translate(Pipeline p) {
    RunnerApi.Pipeline proto = PipelineTranslator.toProto(p);
    return assertTimeout(LIMIT, () -> PipelineTranslator.translate(proto));
  }

  @Test
  void chainOfFiveThousandStepsIsOneStage() {
    Pipeline p = Graphs.pipeline();
    PCollection<String> last = p.apply(Create.of("a"));
    for (int i = 0; i < 5_000; i++) {
      last = last.apply("Step" + i, ParDo.of(new Fns.Same<>()));
    }

    OperatorGraph graph = translate(p);

    assertThat(graph.stages(), hasSize(1));
    assertThat(graph.stages().get(0).nodes(), hasSize(greaterThan(5_000)));
  }

  @Test
  void thousandSourcesDoNotMultiplyTheChainBehindThem() {
    Pipeline p = Graphs.pipeline();
    List<PCollection<String>> sources = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      sources.add(p.apply("Source" + i, Create.of("a")));
    }
    PCollection<String> last = PCollectionList.of(sources).apply(Flatten.pCollections());
    for (int i = 0; i < 1_000; i++) {
      last = last.apply("Step" + i, ParDo.of(new Fns.Same<>()));
    }

    OperatorGraph graph = translate(p);

    assertThat(graph.stages(), hasSize(1_001));
    assertThat(Graphs.stages(graph, "Step999"), hasSize(1));
  }

  @Test
  void thousandStagesInARowAreOrdered() {
    Pipeline p = Graphs.pipeline();
    PCollection<String> last = p.apply(Create.of("a"));
    for (int i = 0; i < 1_000; i++) {
      last = last.apply("Shuffle" + i, Reshuffle.viaRandomKey());
    }

    assertThat(translate(p).stages(), hasSize(1_001));
  }
}
