package dev.trestle.translation.steps;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.Step;
import dev.trestle.translation.graph.TransformName;
import dev.trestle.translation.steps.Vertex.Port;
import java.util.List;
import org.apache.beam.sdk.coders.VoidCoder;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.junit.jupiter.api.Test;

class StepGraphBuilderTest {
  private final StepGraphBuilder steps = new StepGraphBuilder();

  private static TransformName name(String id) {
    return new TransformName(id, id);
  }

  private static Collection collection(String id) {
    return new Collection(id, VoidCoder.of(), WindowingStrategy.globalDefault(), true);
  }

  private static Port port(String id) {
    return new Port("out", collection(id));
  }

  private void source(String id) {
    steps.source(new Step.Impulse(name(id)), port(id));
  }

  private void reader(String input, String id) {
    Collection read = collection(input);
    steps.step(Entry.REBALANCE, new Step.Redistribute(name(id), read), read, port(id));
  }

  private void assertMalformed(String how) {
    IllegalArgumentException thrown = assertThrows(IllegalArgumentException.class, steps::build);
    assertThat(thrown.getMessage(), containsString(how));
  }

  @Test
  void stepsMayComeInAnyOrder() {
    reader("b", "c");
    reader("a", "b");
    source("a");

    assertThat(
        steps.build().vertices().stream().map(v -> v.step().transform().id()).toList(),
        contains("a", "b", "c"));
  }

  @Test
  void nestedFlattensAreReadThrough() {
    source("a");
    source("b");
    steps.flatten(name("inner"), List.of("a", "b"), port("inner"));
    steps.flatten(name("outer"), List.of("inner", "a"), port("outer"));
    reader("outer", "c");

    assertThat(steps.build().vertex(2).reads(), hasSize(3));
  }

  @Test
  void collectionWithoutProducerIsMalformed() {
    reader("missing", "a");

    assertMalformed("nothing produces missing");
  }

  @Test
  void collectionWithTwoProducersIsMalformed() {
    source("a");
    source("a");

    assertMalformed("two transforms produce a");
  }

  @Test
  void circleIsMalformed() {
    steps.flatten(name("f"), List.of("b"), port("a"));
    reader("a", "b");

    assertMalformed("depend on themselves");
  }
}
