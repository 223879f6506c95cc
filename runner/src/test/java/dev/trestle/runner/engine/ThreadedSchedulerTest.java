package dev.trestle.runner.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dev.trestle.runner.checkpoint.RestoredJob;
import dev.trestle.runner.operator.Progress;
import dev.trestle.runner.operator.Slice;
import dev.trestle.state.memory.MemoryBudget;
import dev.trestle.state.spill.SpillDirectory;
import dev.trestle.translation.graph.Node;
import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.graph.Stage;
import dev.trestle.translation.graph.Stage.Distribution;
import dev.trestle.translation.graph.Step;
import dev.trestle.translation.graph.TransformName;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ThreadedSchedulerTest {

  private static final String NAME = "scheduler-test";
  private static final int TASKS = 2;

  @TempDir Path directory;

  private final CountDownLatch release = new CountDownLatch(1);
  private final Semaphore turns = new Semaphore(0);

  /** A thread that is not wanted any more hands on what it was woken for. */
  @Test
  void tasksGoOnWhenAThreadThatStoodInForABlockedOneEnds() throws Exception {
    ThreadedScheduler scheduler = new ThreadedScheduler(1, InstantSource.system(), NAME);
    List<Task> tasks = tasks(scheduler);
    scheduler.start(tasks);
    try {
      awaitTurn(); // in a second thread, for the first one is blocked
      release.countDown();
      awaitTurn();
      while (threads() > 1) {
        tasks.get(0).wake();
        awaitTurn();
      }
    } finally {
      scheduler.stop();
    }
  }

  private void awaitTurn() throws InterruptedException {
    assertThat(turns.tryAcquire(1, TimeUnit.MINUTES), is(true));
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith(NAME + "-worker"))
        .count();
  }

  private List<Task> tasks(Scheduler scheduler) {
    Stage stage =
        new Stage(
            0,
            "Read",
            Distribution.PARALLEL,
            List.of(
                new Node(
                    0, new Step.Empty(new TransformName("read", "Read")), List.of(), List.of())),
            List.of());
    JobBuilder builder =
        new JobBuilder(
            new OperatorGraph(List.of(stage), List.of()),
            new EngineSettings(TASKS, 128, 1, 50_000_000, Long.MAX_VALUE, false, false),
            new JobResources(
                PipelineOptionsFactory.create(),
                new MemoryBudget(1 << 24),
                SpillDirectory.open(directory),
                new SharedRocks(1),
                InstantSource.system(),
                false),
            scheduler,
            RestoredJob.NONE);
    boolean[] first = {true};
    return builder.wiredTasks(
        new FailureListener(),
        ignored ->
            (node, outputs) -> {
              boolean blocks = first[0];
              first[0] = false;
              return new Sleeper(blocks);
            });
  }

  /** Has never anything to read. */
  private final class Sleeper extends EmptySource {

    private boolean blocks;

    Sleeper(boolean blocks) {
      this.blocks = blocks;
    }

    @Override
    public Progress advance(Slice slice) {
      if (blocks) {
        blocks = false;
        try {
          release.await();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
      turns.release();
      return super.advance(slice);
    }
  }

  private static final class FailureListener implements TaskListener {

    @Override
    public void finished(Task task) {}

    @Override
    public void barrierPassed(Task task, long barrier) {}

    @Override
    public void failed(Task task, Throwable cause) {
      throw new AssertionError(task.name(), cause);
    }
  }
}
