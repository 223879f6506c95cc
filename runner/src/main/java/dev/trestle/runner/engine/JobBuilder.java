package dev.trestle.runner.engine;

import dev.trestle.runner.checkpoint.OperatorNumbers;
import dev.trestle.runner.checkpoint.RestoredJob;
import dev.trestle.runner.checkpoint.SnapshotNames;
import dev.trestle.runner.exchange.SingleWriterChannel;
import dev.trestle.runner.metrics.JobMetrics;
import dev.trestle.runner.operator.InputOperator;
import dev.trestle.runner.operator.Operator;
import dev.trestle.runner.operator.SourceOperator;
import dev.trestle.runner.operator.WaitingOperator;
import dev.trestle.state.KeyGroupRange;
import dev.trestle.translation.graph.Node;
import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.graph.Stage;
import dev.trestle.translation.graph.Step;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** Makes a job of an operator graph: its tasks, wired, and what drives them. */
public final class JobBuilder {

  /** Which part of the memory may be taken by rows of keyed state, in the form of objects. */
  private static final int SHARE_OF_STATE = 2;

  private final OperatorGraph graph;
  private final EngineSettings settings;
  private final JobResources resources;
  private final Scheduler scheduler;
  private final RestoredJob restored;
  private final OperatorNumbers numbers;
  private final long stateCacheBytes;
  private final JobMetrics metrics = new JobMetrics();

  /**
   * A builder for one job.
   *
   * @param restored what the job goes on from
   */
  public JobBuilder(
      OperatorGraph graph,
      EngineSettings settings,
      JobResources resources,
      Scheduler scheduler,
      RestoredJob restored) {
    this.restored = restored;
    this.graph = graph;
    this.settings = settings;
    this.resources = resources;
    this.scheduler = scheduler;
    List<Stage> keyed = graph.stages().stream().filter(JobBuilder::mayHaveKeyedState).toList();
    numbers =
        restored.numbers().with(keyed.stream().map(s -> SnapshotNames.ofStep(s.root())).toList());
    int stores = keyed.stream().mapToInt(s -> isKeyed(s) ? settings.parallelism() : 1).sum();
    stateCacheBytes = resources.memory().total() / SHARE_OF_STATE / Math.max(1, stores);
  }

  /**
   * Makes and starts the job.
   *
   * @param stageFactories gives the factory for each stage's operators
   */
  public Job start(String name, Function<Stage, StageFactory> stageFactories) {
    JobLink link = new JobLink();
    List<Task> tasks = wiredTasks(link, stageFactories);
    Job job = new Job(name, tasks, scheduler, resources, metrics);
    link.connect(job);
    job.start();
    return job;
  }

  /**
   * The same for a job that takes checkpoints.
   *
   * @param newFile gives paths at which there is no file
   */
  public DurableJob.Attempt startAttempt(
      String name, Function<Stage, StageFactory> stageFactories, Supplier<Path> newFile) {
    JobLink link = new JobLink();
    CheckpointCoordinator coordinator = new CheckpointCoordinator(link, newFile);
    List<Task> tasks = wiredTasks(coordinator, stageFactories);
    Job job = new Job(name, tasks, scheduler, resources, metrics);
    link.connect(job);
    job.start();
    return new DurableJob.Attempt(job, tasks, coordinator, numbers, restored.metrics());
  }

  /** By which the steps' rows are found in checkpoints. */
  OperatorNumbers numbers() {
    return numbers;
  }

  /** The tasks, wired; for whoever wants to drive them by hand. */
  List<Task> wiredTasks(TaskListener listener, Function<Stage, StageFactory> factories) {
    BundleLimits limits =
        new BundleLimits(
            settings.maxBundleSize(), settings.maxBundleNanos(), settings.flushNanos());
    Topology topology =
        new Topology(
            graph,
            settings.parallelism(),
            (stage, index, depth) ->
                new Task(
                    stage.name(),
                    SnapshotNames.ofStep(stage.root()),
                    index,
                    depth,
                    stage.root().step() instanceof Step.ScriptedSource,
                    limits,
                    resources.clock(),
                    scheduler,
                    listener));
    for (Stage stage : graph.stages()) {
      StageFactory factory = factories.apply(stage);
      List<Task> tasks = topology.tasks(stage);
      for (int i = 0; i < tasks.size(); i++) {
        tasks.get(i).wire(wiring(stage, i, tasks.size(), factory, topology));
      }
    }
    return topology.allTasks();
  }

  private Task.Wiring wiring(
      Stage stage, int index, int parallelism, StageFactory factory, Topology topology) {
    KeyGroupRange keyGroups = keyGroups(stage, index, parallelism);
    Task task = topology.tasks(stage).get(index);
    TaskContext context =
        new TaskContext(
            resources,
            task,
            metrics,
            task.synchronizedTime(),
            restored,
            new TaskState(resources, numbers, restored, keyGroups, stateCacheBytes),
            index,
            parallelism,
            keyGroups);
    if (settings.drain()) {
      context.drain();
    }
    SideInputWiring sideInputs = new SideInputWiring(graph, topology, factory, restored, index);
    for (Node node : stage.nodes()) {
      context.add(
          node.step().transform().fullName(), SnapshotNames.ofStep(node), sideInputs.lookup(node));
    }
    OutputWiring outputs = new OutputWiring(graph, settings, scheduler, topology, context, index);
    List<Operator> operators = outputs.wire(stage, factory);
    List<WaitingOperator> readers = new ArrayList<>();
    for (Operator operator : operators) {
      if (operator instanceof WaitingOperator reader) {
        readers.add(reader);
      }
    }
    SideInputChannels channels =
        new SideInputChannels(sideInputs.inlets(), readers, restored.isRestored());
    context.onOutputWatermark(channels::dropBehind);
    RestoredJob.StageProgress progress = progress(stage);
    context.advanceInputWatermark(progress.inputWatermark());
    Driver driver = driver(stage, index, operators.get(0), channels, context, topology);
    return new Task.Wiring(
        driver,
        context,
        new OperatorChain(operators, context),
        outputs.made(),
        progress.finished());
  }

  /** The panes of a side input, for one, are grouped by one task under one key. */
  private static boolean mayHaveKeyedState(Stage stage) {
    return stage.distribution() != Stage.Distribution.PARALLEL && !stage.inputs().isEmpty();
  }

  private static boolean isKeyed(Stage stage) {
    return stage.distribution() == Stage.Distribution.KEYED;
  }

  private KeyGroupRange keyGroups(Stage stage, int index, int parallelism) {
    return isKeyed(stage)
        ? KeyGroupRange.of(index, parallelism, settings.keyGroups())
        : KeyGroupRange.all(settings.keyGroups());
  }

  /**
   * How far a stage was. One that had come to its end begins anew where its input goes on: it was
   * given another one since then.
   */
  private RestoredJob.StageProgress progress(Stage stage) {
    RestoredJob.StageProgress known = restored.progress(SnapshotNames.ofStep(stage.root()));
    return known.finished() && !stage.inputs().stream().allMatch(this::isFinished)
        ? RestoredJob.StageProgress.NONE
        : known;
  }

  private boolean isFinished(int edge) {
    return progress(graph.stages().get(graph.edges().get(edge).from())).finished();
  }

  private Driver driver(
      Stage stage,
      int index,
      Operator root,
      SideInputChannels sideInputs,
      TaskContext context,
      Topology topology) {
    if (root instanceof SourceOperator source) {
      return new SourceDriver(source, sideInputs);
    }
    if (root instanceof InputOperator input) {
      List<SingleWriterChannel> inlets = new ArrayList<>();
      for (int edge : stage.inputs()) {
        inlets.addAll(topology.inlets(edge, index));
      }
      return new InputDriver(
          input,
          inlets,
          sideInputs,
          context::advanceInputWatermark,
          topology.tasks(stage).get(index).synchronizedTime(),
          progress(stage).inputWatermark());
    }
    throw new IllegalStateException("Not a root: " + stage.root().step());
  }

  /** Tells the job of its tasks, which are there before it. */
  private static final class JobLink implements TaskListener {

    private volatile Job job;

    @SuppressWarnings("NullAway.Init") // connected before the job starts, and no task runs earlier
    JobLink() {}

    void connect(Job to) {
      job = to;
    }

    @Override
    public void finished(Task task) {
      job.taskFinished();
    }

    @Override
    public void barrierPassed(Task task, long barrier) {}

    @Override
    public void failed(Task task, Throwable cause) {
      job.taskFailed(task, cause);
    }
  }
}
