package dev.trestle.server.environment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Groups, state and failures of workers. */
final class JobWithWorkersTest extends EmbeddedJobTest {

  /** What the workers have come to. */
  private static final Map<String, Integer> SUMS = new ConcurrentHashMap<>();

  private static final int ELEMENTS = 2_000;

  @BeforeEach
  void forgetSums() {
    SUMS.clear();
  }

  private static final class Keyed extends DoFn<Integer, KV<String, Integer>> {
    @ProcessElement
    public void process(@Element Integer element, OutputReceiver<KV<String, Integer>> out) {
      out.output(KV.of("key" + element % 10, element));
    }
  }

  private static final class Sum extends DoFn<KV<String, Iterable<Integer>>, Void> {
    @ProcessElement
    public void process(@Element KV<String, Iterable<Integer>> element) {
      element.getValue().forEach(value -> SUMS.merge(element.getKey(), value, Integer::sum));
    }
  }

  private static final class StatefulSum extends DoFn<KV<String, Integer>, Void> {
    @StateId("sum")
    private final StateSpec<ValueState<Integer>> spec = StateSpecs.value();

    @ProcessElement
    public void process(
        @Element KV<String, Integer> element, @StateId("sum") ValueState<Integer> sum) {
      Integer before = sum.read();
      int now = (before == null ? 0 : before) + element.getValue();
      sum.write(now);
      SUMS.put(element.getKey(), now);
    }
  }

  private static Map<String, Integer> expected() {
    Map<String, Integer> sums = new HashMap<>();
    IntStream.range(0, ELEMENTS).forEach(i -> sums.merge("key" + i % 10, i, Integer::sum));
    return sums;
  }

  private static List<Integer> elements() {
    return IntStream.range(0, ELEMENTS).boxed().toList();
  }

  @Test
  void whatWorkersPutOutIsGroupedForWorkers() throws Exception {
    pipeline
        .apply(Create.of(elements()))
        .apply("Key", ParDo.of(new Keyed()))
        .apply(GroupByKey.create())
        .apply("Sum", ParDo.of(new Sum()));
    run();
    assertThat(SUMS, is(expected()));
  }

  @Test
  void stateOfWorkersIsInTheEngine() throws Exception {
    pipeline
        .apply(Create.of(elements()))
        .apply("Key", ParDo.of(new Keyed()))
        .apply("Sum", ParDo.of(new StatefulSum()));
    run();
    assertThat(SUMS, is(expected()));
  }

  private static final class Failing extends DoFn<Integer, Void> {
    @ProcessElement
    public void process(@Element Integer element) {
      throw new IllegalArgumentException("cannot stand " + element);
    }
  }

  @Test
  void aFailureIsInTheWorkersWords() {
    pipeline.apply(Create.of(17)).apply("Fail", ParDo.of(new Failing()));
    AssertionError failure = assertThrows(AssertionError.class, this::run);
    assertThat(failure.toString(), containsString("cannot stand 17"));
  }
}
