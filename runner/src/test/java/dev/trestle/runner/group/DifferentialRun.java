package dev.trestle.runner.group;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.InputOperator;
import dev.trestle.runner.operator.Slice;
import dev.trestle.translation.graph.Collection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.beam.runners.core.SystemReduceFn;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.WindowingStrategy;

/** Drives an operator and {@link ReferenceGrouping} with the same input and compares every step. */
final class DifferentialRun {

  private static final long END = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();

  private FakeTask task = new FakeTask();
  private final FakeTask referenceTask = new FakeTask();
  private final Scenario scenario;
  private final EdgeFormat format;
  private final Collection collection;
  private final OperatorFactory factory;
  private InputOperator operator;
  private final ReferenceGrouping reference;
  private final Supplier<Object> values;
  private final boolean holdsEqual;
  private final WindowingStrategy<?, BoundedWindow> strategy;
  private boolean restarting;
  private int panes;

  /** Makes the operator under test. */
  interface OperatorFactory {
    InputOperator create(FakeTask task, Collection input, EdgeFormat format);
  }

  DifferentialRun(
      Scenario scenario,
      WindowingStrategy<?, BoundedWindow> strategy,
      Collection collection,
      SystemReduceFn<Object, Object, ?, ?, BoundedWindow> reduceFn,
      Supplier<Object> values,
      boolean holdsEqual,
      OperatorFactory factory) {
    this.scenario = scenario;
    this.values = values;
    this.holdsEqual = holdsEqual;
    this.strategy = strategy;
    format = Scenario.format(collection);
    this.collection = collection;
    this.factory = factory;
    reference = new ReferenceGrouping(referenceTask, format.keyCoder(), strategy, reduceFn);
  }

  /** Of a GroupByKey. */
  static DifferentialRun groupByKey(
      Scenario scenario,
      WindowingStrategy<?, BoundedWindow> strategy,
      GroupingOperators.Kind kind,
      boolean holdsEqual) {
    Collection collection =
        Scenario.collection(scenario.keyCoder(), scenario.valueCoder(), strategy);
    assertThat(GroupingOperators.kind(collection, false), is(kind));
    return new DifferentialRun(
        scenario,
        strategy,
        collection,
        ReduceFns.buffering(Scenario.format(collection).valueCoder()),
        scenario::nextListValue,
        holdsEqual,
        (task, input, format) ->
            GroupingOperators.create(Scenario.groupByKey(input), format, false, task));
  }

  /** Of a combine, lifted or not. */
  static DifferentialRun combine(
      Scenario scenario, WindowingStrategy<?, BoundedWindow> strategy, boolean holdsEqual) {
    return combine(
        scenario,
        strategy,
        holdsEqual,
        (task, input, format) ->
            GroupingOperators.create(
                Scenario.combine(input, scenario.lifted), format, false, task));
  }

  /** Of a combine by {@link HostileListFn}, lifted or not, with any operator. */
  static DifferentialRun combine(
      Scenario scenario,
      WindowingStrategy<?, BoundedWindow> strategy,
      boolean holdsEqual,
      OperatorFactory factory) {
    Coder<?> valueCoder = scenario.lifted ? HostileListFn.CODER : StringUtf8Coder.of();
    Collection collection = Scenario.collection(scenario.keyCoder(), valueCoder, strategy);
    return new DifferentialRun(
        scenario,
        strategy,
        collection,
        hostileFn(scenario, new Combiner(new HostileListFn())),
        () ->
            scenario.lifted
                ? new ArrayList<>(List.of(scenario.nextString()))
                : scenario.nextString(),
        holdsEqual,
        factory);
  }

  @SuppressWarnings("unchecked") // the accumulators of the fn fit its coder
  static SystemReduceFn<Object, Object, ?, ?, BoundedWindow> hostileFn(
      Scenario scenario, Combiner combiner) {
    return ReduceFns.combining(
        combiner, (Coder<Object>) (Coder<?>) HostileListFn.CODER, scenario.lifted);
  }

  /** Lets nothing stay in memory, and the operator begin anew from its snapshot now and then. */
  DifferentialRun spilling(Path directory) {
    task = new FakeTask(0, directory);
    restarting = true;
    return this;
  }

  /** Takes so many random steps, then goes to the end of time; says how many panes there were. */
  int run(long seed, int steps) throws Exception {
    try {
      run(steps);
      return panes;
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("Seed " + seed + " with " + strategy + ": " + e.getMessage(), e);
    }
  }

  private void run(int steps) throws Exception {
    open();
    for (int step = 0; step < steps; step++) {
      switch (scenario.random.nextInt(5)) {
        case 0, 1, 2 -> elements();
        case 3 -> advance(Math.max(watermark() + scenario.random.nextInt(20), 0));
        default -> advance(Math.max(watermark() + scenario.random.nextInt(3), 0));
      }
      if (restarting && scenario.random.nextInt(15) == 0) {
        task.restart(operator);
        open();
        advance(watermark());
      }
    }
    advance(END);
    operator.close();
    assertThat("memory", task.memory.used(), is(0L));
    assertThat("rows", task.hasDatabase(), is(restarting));
    task.close();
  }

  private void open() throws Exception {
    operator = factory.create(task, collection, format);
    operator.open(task);
  }

  private long watermark() {
    return Math.max(0, task.inputWatermark);
  }

  private void elements() throws Exception {
    Batch batch = new Batch(format);
    int size = 1 + scenario.random.nextInt(12);
    for (int i = 0; i < size; i++) {
      long timestamp = Math.max(0, watermark() + scenario.random.nextInt(60) - 30);
      Scenario.add(
          batch,
          scenario.key(scenario.random.nextInt(4)),
          values.get(),
          timestamp,
          scenario.windows(timestamp));
    }
    operator.accept(batch);
    reference.accept(batch);
    compare();
    moveOutputWatermark();
  }

  private void advance(long watermark) throws Exception {
    if (scenario.random.nextInt(4) == 0) {
      task.now += 5;
      referenceTask.now += 5;
      Slice slice = new Slice();
      slice.restart(Integer.MAX_VALUE, System.nanoTime() + 1_000_000_000L);
      operator.advance(slice);
      reference.advanceProcessingTime();
      compare();
    }
    task.inputWatermark = watermark;
    while (!Scenario.advance(operator, watermark, 1 + scenario.random.nextInt(4))) {
      assertThat("holds while firing", operator.hold() >= task.outputWatermark, is(true));
    }
    reference.advanceWatermark(watermark);
    referenceTask.inputWatermark = watermark;
    compare();
    moveOutputWatermark();
  }

  /** Sometimes to the hold, sometimes not so far: it depends on what else the task does. */
  private void moveOutputWatermark() {
    long most = Math.min(task.inputWatermark, operator.hold());
    long least = task.outputWatermark;
    if (most > least && scenario.random.nextInt(4) > 0) {
      task.outputWatermark = most;
      referenceTask.outputWatermark = most;
    }
  }

  private void compare() {
    List<FakeTask.Pane> actual = Scenario.sorted(task.panes);
    List<FakeTask.Pane> expected = Scenario.sorted(referenceTask.panes);
    assertThat("panes", actual, is(expected));
    panes += actual.size();
    task.panes.clear();
    referenceTask.panes.clear();
    assertThat("dropped", task.dropped(), is(reference.dropped));
    if (holdsEqual) {
      assertThat("hold", operator.hold(), is(reference.hold()));
    } else {
      long input = task.inputWatermark;
      assertThat(
          "hold behind the input",
          Math.min(input, operator.hold()),
          is(Math.min(input, reference.hold())));
    }
  }
}
