package dev.trestle.runner.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;

import dev.trestle.runner.checkpoint.RestoredJob;
import dev.trestle.runner.operator.Operator;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.state.memory.MemoryBudget;
import dev.trestle.state.spill.SpillDirectory;
import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.Edge;
import dev.trestle.translation.graph.Node;
import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.graph.Stage;
import dev.trestle.translation.graph.Stage.Distribution;
import dev.trestle.translation.graph.Step;
import dev.trestle.translation.graph.TransformName;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EngineTest {

  private static final long LIMIT = 20_000;
  private static final int KEYS = 37;

  @TempDir Path directory;

  private final ConcurrentHashMap<Object, Long> sums = new ConcurrentHashMap<>();

  @Test
  void everySimulatedOrderGivesTheSameSums() {
    for (int seed = 0; seed < 100; seed++) {
      sums.clear();
      SimulatedScheduler scheduler = new SimulatedScheduler(seed);
      Outcome outcome = new Outcome(6);
      List<Task> tasks =
          builder(scheduler, scheduler, 500).wiredTasks(outcome, factories(false, () -> {}));
      scheduler.start(tasks);
      while (outcome.left.getCount() > 0 && scheduler.step()) {}
      assertThat("seed " + seed, outcome.failure == null, is(true));
      assertThat("seed " + seed, outcome.left.getCount(), is(0L));
      assertThat("seed " + seed, sums, is(expected(LIMIT, 3)));
    }
  }

  @Test
  void barriersPassEveryTaskWhateverTheOrder() {
    for (int seed = 0; seed < 100; seed++) {
      sums.clear();
      SimulatedScheduler scheduler = new SimulatedScheduler(seed);
      Outcome outcome = new Outcome(6);
      List<Task> tasks =
          builder(scheduler, scheduler, 500).wiredTasks(outcome, factories(false, () -> {}));
      scheduler.start(tasks);
      int steps = 0;
      while (outcome.left.getCount() > 0 && scheduler.step()) {
        if (steps++ == 10) {
          tasks.forEach(task -> task.requestBarrier(7));
        }
      }
      assertThat("seed " + seed, outcome.failure == null, is(true));
      assertThat("seed " + seed, outcome.barriers, is(Map.of(7L, 6)));
      assertThat("seed " + seed, sums, is(expected(LIMIT, 3)));
    }
  }

  @Test
  void threadsGiveTheSameSums() throws Exception {
    Job job = run(factories(false, () -> {}));
    assertThat(job.await(30_000), is(true));
    assertThat(job.failure() == null, is(true));
    assertThat(job.state(), is(Job.State.DONE));
    assertThat(sums, is(expected(LIMIT, 3)));
  }

  @Test
  void oneCallThatEmitsEverythingIsRelieved() throws Exception {
    Job job = run(factories(true, () -> {}));
    assertThat(job.await(30_000), is(true));
    assertThat(sums, is(expected(50 * LIMIT, 3)));
  }

  @Test
  void aBlockedTaskDoesNotStopTheOthers() throws Exception {
    CountDownLatch othersAreDone = new CountDownLatch(2);
    Job job =
        run(
            factories(
                false,
                () -> {
                  othersAreDone.countDown();
                  try {
                    assertThat(othersAreDone.await(30, TimeUnit.SECONDS), is(true));
                  } catch (InterruptedException e) {
                    throw new AssertionError(e);
                  }
                }));
    assertThat(job.await(40_000), is(true));
    assertThat(job.state(), is(Job.State.DONE));
  }

  @Test
  void aFailureEndsTheJobWithItsCause() throws Exception {
    Job job =
        run(
            factories(
                false,
                () -> {
                  throw new IllegalStateException("no luck");
                }));
    assertThat(job.await(30_000), is(true));
    assertThat(job.state(), is(Job.State.FAILED));
    Throwable failure = job.failure();
    assertThat(failure, notNullValue());
    assertThat(failure.getMessage(), containsString("no luck"));
  }

  @Test
  void cancelEndsAJobThatWouldGoOn() throws Exception {
    Job job =
        run(
            stage ->
                (node, outputs) ->
                    stage.id() == 0
                        ? new CountingSource(outputs.get(0), Long.MAX_VALUE, KEYS, false)
                        : new SummingSink(sums));
    job.cancel();
    assertThat(job.await(30_000), is(true));
    assertThat(job.state(), is(Job.State.CANCELLED));
  }

  private Job run(Function<Stage, StageFactory> factories) {
    InstantSource clock = InstantSource.system();
    ThreadedScheduler scheduler = new ThreadedScheduler(2, clock, "test");
    return builder(scheduler, clock, 10_000).start("test", factories);
  }

  private JobBuilder builder(Scheduler scheduler, InstantSource clock, int bundleSize) {
    return new JobBuilder(
        graph(),
        new EngineSettings(3, 128, bundleSize, 50_000_000, Long.MAX_VALUE, false, false),
        new JobResources(
            PipelineOptionsFactory.create(),
            new MemoryBudget(1 << 24),
            SpillDirectory.open(directory),
            new SharedRocks(1),
            clock,
            false),
        scheduler,
        RestoredJob.NONE);
  }

  /** The hook is called by every source when it opens. */
  private Function<Stage, StageFactory> factories(boolean inOneCall, Runnable hook) {
    return stage ->
        (node, outputs) ->
            stage.id() == 0
                ? source(outputs.get(0), inOneCall, hook)
                : (Operator) new SummingSink(sums);
  }

  private static Operator source(Receiver output, boolean inOneCall, Runnable hook) {
    boolean[] first = {true};
    return new CountingSource(
        (value, timestamp, windows, pane, metadata) -> {
          if (first[0]) {
            first[0] = false;
            hook.run();
          }
          output.accept(value, timestamp, windows, pane, metadata);
        },
        inOneCall ? 50 * LIMIT : LIMIT,
        KEYS,
        inOneCall);
  }

  private static OperatorGraph graph() {
    Collection numbers =
        new Collection(
            "numbers",
            KvCoder.of(VarLongCoder.of(), VarLongCoder.of()),
            WindowingStrategy.globalDefault(),
            true);
    Step read = new Step.Empty(new TransformName("read", "Read"));
    Step sum = new Step.GroupByKey(new TransformName("sum", "Sum"), numbers);
    Stage first =
        new Stage(
            0,
            "Read",
            Distribution.PARALLEL,
            List.of(
                new Node(
                    0,
                    read,
                    List.of(new Node.Output("out", numbers, List.of(), List.of(0))),
                    List.of())),
            List.of());
    Stage second =
        new Stage(
            1,
            "Sum",
            Distribution.KEYED,
            List.of(new Node(0, sum, List.of(), List.of())),
            List.of(0));
    return new OperatorGraph(
        List.of(first, second), List.of(new Edge(0, Edge.Kind.KEYED, 0, 1, numbers)));
  }

  private static Map<Object, Long> expected(long limit, int sources) {
    Map<Object, Long> expected = new HashMap<>();
    for (long n = 0; n < limit; n++) {
      expected.merge(n % KEYS, sources * n, Long::sum);
    }
    return expected;
  }

  private static final class Outcome implements TaskListener {

    final CountDownLatch left;
    final Map<Long, Integer> barriers = new HashMap<>();
    @Nullable Throwable failure;

    Outcome(int tasks) {
      left = new CountDownLatch(tasks);
    }

    @Override
    public void finished(Task task) {
      left.countDown();
    }

    @Override
    public void barrierPassed(Task task, long barrier) {
      barriers.merge(barrier, 1, Integer::sum);
    }

    @Override
    public void failed(Task task, Throwable cause) {
      failure = cause;
      left.countDown();
    }
  }
}
