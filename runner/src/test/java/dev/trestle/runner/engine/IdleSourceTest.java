package dev.trestle.runner.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import dev.trestle.runner.checkpoint.RestoredJob;
import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.SingleWriterChannel;
import dev.trestle.runner.exchange.StreamItem;
import dev.trestle.runner.operator.InputOperator;
import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.Operator;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Progress;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.RedistributeOperator;
import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.operator.SnapshotWriter;
import dev.trestle.runner.operator.WaitingOperator;
import dev.trestle.runner.source.FakeUnboundedSource;
import dev.trestle.runner.source.UnboundedReadOperator;
import dev.trestle.runner.source.UnboundedSplits;
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
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two sources, one of them behind a relay, and tasks that read both: who holds their watermark. */
final class IdleSourceTest {

  private static final long START = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  private static final long END = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();
  private static final int SEEDS = 30;
  private static final long IDLE_MILLIS = 100;
  private static final int PARALLELISM = 2;
  private static final Collection NUMBERS =
      new Collection("numbers", VarLongCoder.of(), WindowingStrategy.globalDefault(), false);

  @TempDir Path directory;

  /** A root that takes everything. */
  private static final class Sink implements InputOperator {

    private long watermark = START;
    private long wakeup = Long.MAX_VALUE;

    @Override
    public boolean advanceWatermark(long newWatermark, Slice slice) {
      assertThat(newWatermark >= watermark, is(true));
      watermark = newWatermark;
      return true;
    }

    @Override
    public void accept(Batch batch) {}

    @Override
    public void accept(
        @Nullable Object value,
        Instant timestamp,
        Object windows,
        PaneInfo pane,
        @Nullable Metadata metadata) {}

    @Override
    public Progress advance(Slice slice) {
      return Progress.NONE;
    }

    @Override
    public long nextWakeup() {
      return wakeup;
    }

    @Override
    public void open(OperatorContext context) {}

    @Override
    public void startBundle() {}

    @Override
    public void finishBundle() {}

    @Override
    public void flush() {}

    @Override
    public void snapshot(SnapshotWriter out) {}

    @Override
    public long hold() {
      return Long.MAX_VALUE;
    }

    @Override
    public void close() {}
  }

  /** A job, driven by hand. Each source has as many splits as tasks. */
  private final class Run implements TaskListener {

    final FakeUnboundedSource near = new FakeUnboundedSource(PARALLELISM);
    final FakeUnboundedSource far = new FakeUnboundedSource(PARALLELISM);
    private final SimulatedScheduler scheduler;
    private final List<Sink> sinks = new ArrayList<>();
    private int unfinished;
    private @Nullable Throwable failure;

    Run(int seed, long idleMillis) {
      scheduler = new SimulatedScheduler(seed);
      JobBuilder builder =
          new JobBuilder(
              graph(),
              new EngineSettings(PARALLELISM, 128, 100, 50_000_000, Long.MAX_VALUE, false, false),
              new JobResources(
                  PipelineOptionsFactory.create(),
                  new MemoryBudget(1 << 24),
                  SpillDirectory.open(directory),
                  new SharedRocks(1),
                  scheduler,
                  false),
              scheduler,
              RestoredJob.NONE);
      List<Task> tasks = builder.wiredTasks(this, factories(idleMillis));
      unfinished = tasks.size();
      scheduler.start(tasks);
    }

    private Function<Stage, StageFactory> factories(long idleMillis) {
      UnboundedSplits nearSplits = new UnboundedSplits(near, PARALLELISM);
      UnboundedSplits farSplits = new UnboundedSplits(far, PARALLELISM);
      return stage ->
          (node, outputs) ->
              switch (stage.name()) {
                case "Near" ->
                    new UnboundedReadOperator(near, nearSplits, idleMillis, outputs.get(0));
                case "Far" -> new UnboundedReadOperator(far, farSplits, idleMillis, outputs.get(0));
                case "Relay" -> new RedistributeOperator(outputs.get(0));
                default -> sink(outputs);
              };
    }

    private Operator sink(List<Receiver> outputs) {
      assertThat(outputs.size(), is(0));
      Sink sink = new Sink();
      sinks.add(sink);
      return sink;
    }

    void pass(long millis) {
      long until = scheduler.millis() + millis;
      while (scheduler.millis() < until && scheduler.step()) {}
      assertThat(failure, is(nullValue()));
    }

    void passIdleTime() {
      pass(IDLE_MILLIS + 50);
    }

    /** Gives an element to every split. */
    void add(long element, FakeUnboundedSource... sources) {
      for (FakeUnboundedSource source : sources) {
        for (int i = 0; i < PARALLELISM; i++) {
          source.split(i).add(element);
        }
      }
    }

    void expectWatermark(long millis) {
      assertThat(sinks.size(), is(PARALLELISM));
      for (Sink sink : sinks) {
        assertThat(sink.watermark, is(millis));
      }
    }

    void end(FakeUnboundedSource source) {
      for (int i = 0; i < PARALLELISM; i++) {
        source.split(i).end();
      }
    }

    void expectFinished() {
      while (unfinished > 0 && scheduler.step()) {}
      assertThat(failure, is(nullValue()));
      assertThat(unfinished, is(0));
      expectWatermark(END);
    }

    @Override
    public void finished(Task task) {
      unfinished--;
    }

    @Override
    public void barrierPassed(Task task, long barrier) {}

    @Override
    public void failed(Task task, Throwable cause) {
      failure = cause;
    }
  }

  private void inEveryOrder(long idleMillis, Consumer<Run> test) {
    for (int seed = 0; seed < SEEDS; seed++) {
      test.accept(new Run(seed, idleMillis));
    }
  }

  @Test
  void emptySplitHoldsEverythingWithoutTheOption() {
    inEveryOrder(
        0,
        run -> {
          run.add(10, run.near);
          run.far.split(0).add(10);
          run.pass(100 * IDLE_MILLIS);
          run.expectWatermark(START);
        });
  }

  @Test
  void emptySplitIsNotWaitedFor() {
    inEveryOrder(
        IDLE_MILLIS,
        run -> {
          run.pass(IDLE_MILLIS - 20);
          run.add(10, run.near);
          run.far.split(0).add(9);
          run.pass(10);
          run.expectWatermark(START);
          run.pass(30);
          run.expectWatermark(9);
        });
  }

  @Test
  void idlenessPassesThroughTasksWithoutAnyOtherInput() {
    inEveryOrder(
        IDLE_MILLIS,
        run -> {
          run.add(5, run.near, run.far);
          run.pass(10);
          run.expectWatermark(5);
          run.passIdleTime();
          run.add(50, run.near);
          run.pass(10);
          run.expectWatermark(50);
        });
  }

  @Test
  void splitThatComesBackHoldsTheWatermarkWhereItIs() {
    inEveryOrder(
        IDLE_MILLIS,
        run -> {
          run.add(5, run.near, run.far);
          run.passIdleTime();
          run.add(50, run.near);
          run.pass(10);
          run.far.split(1).add(20);
          run.pass(10);
          run.add(60, run.near);
          run.pass(10);
          run.expectWatermark(50);
          run.far.split(1).add(58);
          run.pass(10);
          run.expectWatermark(58);
        });
  }

  @Test
  void whenAllAreIdleTheFurthestCounts() {
    inEveryOrder(
        IDLE_MILLIS,
        run -> {
          run.near.split(0).add(10);
          run.near.split(1).add(40);
          run.add(20, run.far);
          run.passIdleTime();
          run.passIdleTime();
          run.expectWatermark(40);
        });
  }

  @Test
  void idleJobComesToItsEnd() {
    inEveryOrder(
        IDLE_MILLIS,
        run -> {
          run.add(7, run.near, run.far);
          run.passIdleTime();
          run.end(run.far);
          run.passIdleTime();
          run.expectWatermark(7);
          run.end(run.near);
          run.expectFinished();
        });
  }

  @Test
  void jobThatNeverReadAnythingComesToItsEnd() {
    inEveryOrder(
        IDLE_MILLIS,
        run -> {
          run.passIdleTime();
          run.expectWatermark(START);
          run.end(run.near);
          run.end(run.far);
          run.expectFinished();
        });
  }

  @Test
  void taskWithWorkOfItsOwnIsNotIdle() {
    SingleWriterChannel channel = new SingleWriterChannel(() -> {}, () -> {});
    Sink root = new Sink();
    Waiting waiting = new Waiting();
    InputDriver driver =
        new InputDriver(
            root,
            List.of(channel),
            new SideInputChannels(List.of(), List.of(waiting), false),
            millis -> {},
            new SynchronizedTime(InstantSource.system(), () -> {}),
            BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis());
    channel.put(new StreamItem.Watermark(5));
    channel.put(new StreamItem.Idle());
    Slice slice = new Slice();
    slice.restart(100, System.nanoTime() + 60_000_000_000L);
    driver.work(slice, () -> {});
    assertThat(driver.isIdle(), is(true));
    root.wakeup = 1000;
    assertThat(driver.isIdle(), is(false));
    root.wakeup = Long.MAX_VALUE;
    waiting.waits = true;
    assertThat(driver.isIdle(), is(false));
  }

  private static final class Waiting implements WaitingOperator {

    private boolean waits;

    @Override
    public void checkpointCommitted() {}

    @Override
    public void sideInputsChanged() {}

    @Override
    public boolean release(Slice slice) {
      return true;
    }

    @Override
    public boolean isWaiting() {
      return waits;
    }

    @Override
    public long earliestWindowEnd() {
      return Long.MAX_VALUE;
    }
  }

  private static OperatorGraph graph() {
    return new OperatorGraph(
        List.of(
            stage(0, "Near", List.of(), List.of(0)),
            stage(1, "Far", List.of(), List.of(1)),
            stage(2, "Relay", List.of(1), List.of(2)),
            stage(3, "Sink", List.of(0, 2), List.of())),
        List.of(
            new Edge(0, Edge.Kind.REBALANCE, 0, 3, NUMBERS),
            new Edge(1, Edge.Kind.REBALANCE, 1, 2, NUMBERS),
            new Edge(2, Edge.Kind.REBALANCE, 2, 3, NUMBERS)));
  }

  private static Stage stage(int id, String name, List<Integer> inputs, List<Integer> outputs) {
    TransformName transform = new TransformName(name, name);
    Step step =
        inputs.isEmpty() ? new Step.Empty(transform) : new Step.Redistribute(transform, NUMBERS);
    List<Node.Output> written =
        outputs.isEmpty()
            ? List.of()
            : List.of(new Node.Output("out", NUMBERS, List.of(), outputs));
    return new Stage(
        id, name, Distribution.PARALLEL, List.of(new Node(0, step, written, List.of())), inputs);
  }
}
