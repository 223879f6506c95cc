package dev.trestle.runner.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import dev.trestle.runner.checkpoint.RestoredJob;
import dev.trestle.runner.operator.Operator;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.SnapshotWriter;
import dev.trestle.state.memory.MemoryBudget;
import dev.trestle.state.spill.SpillDirectory;
import dev.trestle.translation.graph.Node;
import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.graph.Stage;
import dev.trestle.translation.graph.Stage.Distribution;
import dev.trestle.translation.graph.Step;
import dev.trestle.translation.graph.TransformName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a task does when a checkpoint has been committed. */
final class CommitTest {

  private static final TaskListener NOBODY =
      new TaskListener() {
        @Override
        public void finished(Task task) {}

        @Override
        public void barrierPassed(Task task, long barrier) {}

        @Override
        public void failed(Task task, Throwable cause) {
          throw new AssertionError(cause);
        }
      };

  @TempDir Path directory;

  private final List<Integer> finalized = new ArrayList<>();
  private final SimulatedScheduler scheduler = new SimulatedScheduler(0);
  private int files;

  @Test
  void marksOfASnapshotAreFinalizedWithItsCheckpoint() throws Exception {
    CheckpointCoordinator coordinator =
        new CheckpointCoordinator(NOBODY, () -> directory.resolve("snapshot-" + files++));
    List<Task> tasks = tasks(coordinator);
    scheduler.start(tasks);
    coordinator.begin(1, tasks);
    while (!coordinator.isComplete()) {
      scheduler.step();
    }
    coordinator.take();
    scheduler.step();
    assertThat("nothing is committed yet", finalized, is(empty()));
    tasks.get(0).checkpointCommitted(1);
    scheduler.step();
    assertThat(finalized, is(List.of(1)));
  }

  private List<Task> tasks(TaskListener listener) {
    Step read = new Step.Empty(new TransformName("read", "Read"));
    Stage stage =
        new Stage(
            0,
            "Read",
            Distribution.PARALLEL,
            List.of(new Node(0, read, List.of(), List.of())),
            List.of());
    JobResources resources =
        new JobResources(
            PipelineOptionsFactory.create(),
            new MemoryBudget(1 << 20),
            SpillDirectory.open(directory),
            new SharedRocks(1),
            scheduler,
            true);
    return new JobBuilder(
            new OperatorGraph(List.of(stage), List.of()),
            new EngineSettings(1, 1, 10, 1_000_000_000L, 0, false, false),
            resources,
            scheduler,
            RestoredJob.NONE)
        .wiredTasks(listener, of -> (node, outputs) -> (Operator) new MarkedSource());
  }

  /** Has a mark in each snapshot, by the number of the snapshot. */
  private final class MarkedSource extends EmptySource {

    private @Nullable OperatorContext context;
    private int snapshots;

    @Override
    public void open(OperatorContext opened) {
      context = opened;
    }

    @Override
    public void snapshot(SnapshotWriter out) {
      int number = ++snapshots;
      context
          .bundleFinalizer()
          .afterBundleCommit(BoundedWindow.TIMESTAMP_MAX_VALUE, () -> finalized.add(number));
    }
  }
}
