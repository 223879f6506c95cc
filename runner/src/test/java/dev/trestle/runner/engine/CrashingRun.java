package dev.trestle.runner.engine;

import dev.trestle.runner.assembly.Factories;
import dev.trestle.runner.checkpoint.OperatorNumbers;
import dev.trestle.runner.checkpoint.RestoredJob;
import dev.trestle.runner.checkpoint.RestoredJob.StageProgress;
import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.checkpoint.TaskSnapshot;
import dev.trestle.state.memory.MemoryBudget;
import dev.trestle.state.spill.SpillDirectory;
import dev.trestle.translation.graph.OperatorGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.jspecify.annotations.Nullable;

/**
 * Runs a job under a seeded scheduler, takes checkpoints at random moments, and lets the process
 * die between any two turns; it goes on from the last checkpoint that was complete, perhaps with
 * another parallelism.
 */
public final class CrashingRun {

  private static final int KEY_GROUPS = 16;
  private static final int MOST_STEPS = 2_000_000;

  private final OperatorGraph graph;
  private final Random random;
  private final Path directory;
  private final int mostCrashes;
  private RestoredJob restored = RestoredJob.NONE;
  private long lastId;
  private int files;
  private int crashes;
  private int checkpoints;

  /**
   * A run.
   *
   * @param parent for a new directory
   * @param mostCrashes after so many the process lives on
   */
  public CrashingRun(OperatorGraph graph, long seed, Path parent, int mostCrashes)
      throws IOException {
    this.graph = graph;
    directory = Files.createTempDirectory(parent, "run");
    this.mostCrashes = mostCrashes;
    random = new Random(seed);
  }

  /** A run in which nothing happens but a checkpoint now and then. */
  public static CrashingRun undisturbed(OperatorGraph graph, Path parent) throws IOException {
    return new CrashingRun(graph, 0, parent, 0);
  }

  public int crashes() {
    return crashes;
  }

  public int checkpoints() {
    return checkpoints;
  }

  /** Runs to the end of the job. */
  public void run() throws Exception {
    while (!runOnce()) {
      crashes++;
    }
  }

  private static final class Ends implements TaskListener {
    final Set<Task> finished = new HashSet<>();
    @Nullable Throwable failure;

    @Override
    public void finished(Task task) {
      finished.add(task);
    }

    @Override
    public void barrierPassed(Task task, long barrier) {
      throw new AssertionError("The coordinator keeps it to itself");
    }

    @Override
    public void failed(Task task, Throwable cause) {
      failure = cause;
    }
  }

  /** One life of the process. Returns whether the job came to its end in it. */
  private boolean runOnce() throws Exception {
    SimulatedScheduler scheduler = new SimulatedScheduler(random.nextLong());
    EngineSettings settings =
        new EngineSettings(
            1 + random.nextInt(3), KEY_GROUPS, 1 + random.nextInt(20), 1_000_000_000L, 0, false);
    JobResources resources =
        new JobResources(
            PipelineOptionsFactory.create(),
            new MemoryBudget(random.nextInt(3) == 0 ? 0 : 1 << 26),
            SpillDirectory.open(directory),
            new SharedRocks(1),
            scheduler,
            true);
    Ends ends = new Ends();
    CheckpointCoordinator coordinator =
        new CheckpointCoordinator(ends, () -> directory.resolve("state-" + files++));
    JobBuilder builder = new JobBuilder(graph, settings, resources, scheduler, restored);
    List<Task> tasks = builder.wiredTasks(coordinator, Factories.of(graph, settings, scheduler));
    scheduler.start(tasks);
    boolean underWay = false;
    try {
      for (int step = 0; ends.finished.size() < tasks.size(); step++) {
        if (ends.failure != null) {
          throw new AssertionError("A task has failed", ends.failure);
        }
        boolean stepped = scheduler.step();
        if ((!stepped && underWay && !coordinator.isComplete()) || step > MOST_STEPS) {
          throw new AssertionError("The job does not come to its end: " + tasks);
        }
        if (!underWay && (!stepped || random.nextInt(40) == 0)) {
          coordinator.begin(++lastId, tasks);
          underWay = true;
        }
        if (underWay && coordinator.isComplete()) {
          underWay = false;
          restored = restoredFrom(coordinator.take(), builder.numbers());
          checkpoints++;
          tasks.forEach(task -> task.checkpointCommitted(lastId));
        }
        if (crashes < mostCrashes && random.nextInt(300) == 0) {
          return false;
        }
      }
      return true;
    } finally {
      for (Task task : tasks) {
        task.close();
      }
      resources.close();
    }
  }

  private static RestoredJob restoredFrom(List<TaskSnapshot> snapshots, OperatorNumbers numbers)
      throws IOException {
    RestoredJob.Builder builder = new RestoredJob.Builder(numbers);
    List<TaskSnapshot> inOrder = new ArrayList<>(snapshots);
    inOrder.sort(Comparator.comparing(TaskSnapshot::stage).thenComparing(TaskSnapshot::index));
    for (TaskSnapshot task : inOrder) {
      builder.addTask(
          task.stage(),
          new StageProgress(task.finished(), task.inputWatermark()),
          new KeyGroupRange(task.firstKeyGroup(), task.endKeyGroup(), KEY_GROUPS),
          task.files());
    }
    return builder.build();
  }
}
