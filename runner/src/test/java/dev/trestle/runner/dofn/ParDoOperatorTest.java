package dev.trestle.runner.dofn;

import static dev.trestle.runner.dofn.Steps.at;
import static dev.trestle.runner.dofn.Steps.window;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.runner.operator.CollectingReceiver;
import dev.trestle.runner.operator.FakeOperatorContext;
import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.Operator;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.translation.graph.Step;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.util.UserCodeException;
import org.apache.beam.sdk.values.CausedByDrain;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ParDoOperatorTest {

  private static final List<String> CALLS = new ArrayList<>();

  private final FakeOperatorContext context = new FakeOperatorContext();
  private final CollectingReceiver main = new CollectingReceiver();
  private final CollectingReceiver side = new CollectingReceiver();

  @BeforeEach
  void forgetCalls() {
    CALLS.clear();
  }

  private Operator started(Step.ParDo step) throws Exception {
    Receiver[] outputs = step.fn().outputTags().size() == 1 ? one() : two();
    Operator operator = new ParDoOperator(step, outputs);
    operator.open(context);
    operator.startBundle();
    return operator;
  }

  private Receiver[] one() {
    return new Receiver[] {main};
  }

  private Receiver[] two() {
    return new Receiver[] {main, side};
  }

  private static void give(Receiver operator, Object value) {
    operator.accept(value, at(5), window(0), PaneInfo.NO_FIRING, null);
  }

  /** Does whatever the element says. */
  static class Obedient extends DoFn<String, String> {
    @ProcessElement
    public void process(ProcessContext c) {
      String element = c.element();
      switch (element) {
        case "side" -> c.output(Steps.SIDE, element);
        case "equalTag" -> c.output(new TupleTag<String>("side"), element);
        case "unknown" -> c.output(new TupleTag<String>("nowhere"), element);
        case "early" -> c.outputWithTimestamp(element, c.timestamp().minus(Duration.millis(1)));
        case "late" -> c.outputWithTimestamp(element, c.timestamp().plus(Duration.millis(1)));
        case "throw" -> throw new IllegalStateException("mine");
        default -> c.output(element);
      }
    }
  }

  @Test
  void outputTakesOverTimeWindowPaneAndMetadata() throws Exception {
    Operator operator = started(Steps.parDo(new Obedient()));
    Metadata metadata = new Metadata("id", 7L, CausedByDrain.CAUSED_BY_DRAIN);
    operator.accept("a", at(5), window(0), PaneInfo.ON_TIME_AND_ONLY_FIRING, metadata);

    WindowedValue<Object> output = main.elements().get(0);
    assertThat(output.getValue(), equalTo("a"));
    assertThat(output.getTimestamp(), equalTo(at(5)));
    assertThat(main.windows().get(0), equalTo(window(0)));
    assertThat(output.getPaneInfo(), equalTo(PaneInfo.ON_TIME_AND_ONLY_FIRING));
    assertThat(output.getRecordId(), equalTo("id"));
    assertThat(output.getRecordOffset(), equalTo(7L));
    assertThat(output.causedByDrain(), is(CausedByDrain.CAUSED_BY_DRAIN));
  }

  @Test
  void outputsGoByTag() throws Exception {
    Operator operator = started(Steps.parDo(new Obedient(), Steps.SIDE));
    give(operator, "side");
    give(operator, "equalTag");
    give(operator, "a");
    assertThat(side.values(), contains("side", "equalTag"));
    assertThat(main.values(), contains("a"));
  }

  @Test
  void unknownTagIsRefused() throws Exception {
    Operator operator = started(Steps.parDo(new Obedient()));
    Exception e = assertThrows(UserCodeException.class, () -> give(operator, "unknown"));
    assertThat(e.getCause(), instanceOf(IllegalArgumentException.class));
    assertThat(e.getCause().getMessage(), containsString("Unknown output tag"));
  }

  @Test
  void outputMayNotBeEarlierThanItsInput() throws Exception {
    Operator operator = started(Steps.parDo(new Obedient()));
    give(operator, "late");
    assertThat(main.elements().get(0).getTimestamp(), equalTo(at(6)));
    Exception e = assertThrows(UserCodeException.class, () -> give(operator, "early"));
    assertThat(e.getCause().getMessage(), containsString("Cannot output with timestamp"));
  }

  static class Skewed extends Obedient {
    @Override
    @SuppressWarnings("deprecation") // still to be respected
    public Duration getAllowedTimestampSkew() {
      return Duration.millis(1);
    }
  }

  @Test
  void allowedSkewIsRespected() throws Exception {
    give(started(Steps.parDo(new Skewed())), "early");
    assertThat(main.elements().get(0).getTimestamp(), equalTo(at(4)));
  }

  static class WindowReader extends DoFn<String, String> {
    @ProcessElement
    public void process(BoundedWindow window, OutputReceiver<String> out) {
      out.output(window.maxTimestamp().toString());
    }
  }

  @Test
  void elementInSeveralWindowsIsExplodedWhereTheFnLooks() throws Exception {
    Operator operator = started(Steps.parDo(new WindowReader()));
    List<BoundedWindow> windows = List.of(window(0), window(1));
    operator.accept("a", at(5), windows, PaneInfo.NO_FIRING, null);
    assertThat(main.values(), contains(at(9).toString(), at(19).toString()));
  }

  @Test
  void elementInSeveralWindowsStaysWholeWhereTheFnDoesNotLook() throws Exception {
    Operator operator = started(Steps.parDo(new Obedient()));
    List<BoundedWindow> windows = List.of(window(0), window(1));
    operator.accept("a", at(5), windows, PaneInfo.NO_FIRING, null);
    assertThat(main.windows(), contains((Object) windows));
  }

  static class Builder extends DoFn<String, String> {
    @ProcessElement
    public void process(@Element String element, MultiOutputReceiver out) {
      out.get(Steps.MAIN)
          .builder(element)
          .setTimestamp(Instant.ofEpochMilli(8))
          .setRecordId("mine")
          .output();
    }
  }

  @Test
  void builderIsFilledFromTheElement() throws Exception {
    give(started(Steps.parDo(new Builder())), "a");
    WindowedValue<Object> output = main.elements().get(0);
    assertThat(output.getTimestamp(), equalTo(at(8)));
    assertThat(output.getRecordId(), equalTo("mine"));
    assertThat(main.windows().get(0), equalTo(window(0)));
  }

  static class Recorder extends DoFn<String, String> {
    private int elements;

    @Setup
    public void setup() {
      CALLS.add("setup");
    }

    @StartBundle
    public void start(StartBundleContext c) {
      elements = 0;
      CALLS.add("start");
    }

    @ProcessElement
    public void process(@Element String element) {
      if (element.equals("throw")) {
        throw new IllegalStateException("mine");
      }
      elements++;
      CALLS.add("process");
    }

    @FinishBundle
    public void finish(FinishBundleContext c) {
      CALLS.add("finish");
      c.output("elements " + elements, Instant.ofEpochMilli(3), Steps.window(0));
      c.output(Steps.SIDE, "side", Instant.ofEpochMilli(3), Steps.window(1));
    }

    @Teardown
    public void teardown() {
      CALLS.add("teardown");
    }
  }

  @Test
  void lifecycleIsInOrderAndFinishBundleOutputs() throws Exception {
    Operator operator = started(Steps.parDo(new Recorder(), Steps.SIDE));
    give(operator, "a");
    operator.finishBundle();
    operator.close();
    operator.close();
    assertThat(CALLS, contains("setup", "start", "process", "finish", "teardown"));
    assertThat(main.values(), contains("elements 1"));
    assertThat(side.windows(), contains((Object) window(1)));
  }

  @Test
  void failedBundleCannotFinishButIsTornDown() throws Exception {
    Operator operator = started(Steps.parDo(new Recorder(), Steps.SIDE));
    assertThrows(UserCodeException.class, () -> give(operator, "throw"));
    assertThrows(IllegalStateException.class, operator::finishBundle);
    assertThrows(IllegalStateException.class, operator::startBundle);
    operator.close();
    assertThat(CALLS, contains("setup", "start", "teardown"));
  }

  static class BadSetup extends Recorder {
    @Setup
    @Override
    public void setup() {
      throw new IllegalStateException("no setup");
    }
  }

  @Test
  void failedSetupIsTornDown() throws Exception {
    Operator operator =
        new ParDoOperator(Steps.parDo(new BadSetup(), Steps.SIDE), new Receiver[] {main, side});
    Exception e = assertThrows(UserCodeException.class, () -> operator.open(context));
    assertThat(e.getCause().getMessage(), equalTo("no setup"));
    operator.close();
    assertThat(CALLS, contains("teardown"));
  }

  @Test
  void stackTraceOfTheUserIsKept() throws Exception {
    Operator operator = started(Steps.parDo(new Obedient()));
    Exception e = assertThrows(UserCodeException.class, () -> give(operator, "throw"));
    StackTraceElement top = e.getCause().getStackTrace()[0];
    assertThat(top.getClassName(), equalTo(Obedient.class.getName()));
    assertThat(top.getMethodName(), equalTo("process"));
  }

  static class Counting extends DoFn<String, String> {
    private final Counter counter = Metrics.counter("test", "elements");

    @ProcessElement
    public void process(@Element String element, OutputReceiver<String> out) {
      counter.inc();
      out.output(element);
      counter.inc();
    }
  }

  @Test
  void metricsAreThoseOfTheStepEvenAfterADownstreamCall() throws Exception {
    FakeOperatorContext downstreamContext = new FakeOperatorContext();
    Operator downstream = new ParDoOperator(Steps.parDo(new Counting()), one());
    downstream.open(downstreamContext);
    downstream.startBundle();
    Operator operator = new ParDoOperator(Steps.parDo(new Counting()), new Receiver[] {downstream});
    operator.open(context);
    operator.startBundle();
    give(operator, "a");
    MetricName name = MetricName.named("test", "elements");
    assertThat(context.metrics().getCounter(name).getCumulative(), equalTo(2L));
    assertThat(downstreamContext.metrics().getCounter(name).getCumulative(), equalTo(2L));
    assertThat(MetricsEnvironment.setCurrentContainer(null) == null, is(true));
  }

  static class Finalizing extends DoFn<String, String> {
    @ProcessElement
    public void process(BundleFinalizer finalizer) {
      finalizer.afterBundleCommit(Instant.ofEpochMilli(1), () -> {});
    }
  }

  @Test
  void finalizersGoToTheTask() throws Exception {
    give(started(Steps.parDo(new Finalizing())), "a");
    assertThat(context.callbacks().size(), equalTo(1));
  }
}
