package dev.trestle.runner.engine;

import dev.trestle.runner.checkpoint.RestoredJob;
import dev.trestle.runner.exchange.Wakeable;
import dev.trestle.runner.metrics.JobMetrics;
import dev.trestle.runner.metrics.StepMetrics;
import dev.trestle.runner.operator.AsyncWork;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.RestoredState;
import dev.trestle.runner.operator.SideInputs;
import dev.trestle.runner.operator.SynchronizedClock;
import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.memory.MemoryBudget;
import dev.trestle.state.spill.SpillDirectory;
import dev.trestle.state.table.KeyedStateBackend;
import dev.trestle.state.table.OrderedRows;
import dev.trestle.state.table.Serializer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn.BundleFinalizer;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/** What the operators of one task see of it. Belongs to the task's owner. */
final class TaskContext {

  private final JobResources resources;
  private final SynchronizedClock synchronizedClock;
  private final RestoredJob restored;
  private final TaskState state;
  private final int taskIndex;
  private final int parallelism;
  private final KeyGroupRange keyGroups;
  private final BundleFinalizers finalizers;
  private final PendingWork pending = new PendingWork();
  private final Wakeable task;
  private final JobMetrics jobMetrics;
  private final List<StepContext> steps = new ArrayList<>();

  /** By full names of transforms. */
  private final Map<String, MetricsContainerImpl> metrics = new HashMap<>();

  private long inputWatermark = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  private long outputWatermark = inputWatermark;

  /** Written by whoever drains the job. */
  private volatile boolean draining;

  private LongConsumer outputWatermarkListener = unused -> {};

  /**
   * A context without steps.
   *
   * @param task woken by what others do for it
   * @param jobMetrics has the containers of all steps
   */
  TaskContext(
      JobResources resources,
      Wakeable task,
      JobMetrics jobMetrics,
      SynchronizedClock synchronizedClock,
      RestoredJob restored,
      TaskState state,
      int taskIndex,
      int parallelism,
      KeyGroupRange keyGroups) {
    this.resources = resources;
    this.task = task;
    this.jobMetrics = jobMetrics;
    this.synchronizedClock = synchronizedClock;
    this.restored = restored;
    this.state = state;
    finalizers = new BundleFinalizers(resources.takesCheckpoints(), resources.clock());
    this.taskIndex = taskIndex;
    this.parallelism = parallelism;
    this.keyGroups = keyGroups;
  }

  /** Adds the next operator; they come in the order of the stage's nodes. */
  void add(String stepName, String snapshotName, SideInputs sideInputs) {
    steps.add(new StepContext(stepName, snapshotName, metricsOf(stepName), sideInputs));
  }

  private MetricsContainerImpl metricsOf(String transform) {
    return metrics.computeIfAbsent(transform, jobMetrics::newContainer);
  }

  OperatorContext of(int node) {
    return steps.get(node);
  }

  /** By what name a step's state is found again. */
  String snapshotName(int node) {
    return steps.get(node).snapshotName;
  }

  /** What the task's steps have counted. */
  StepMetrics metrics() {
    StepMetrics sum = new StepMetrics();
    metrics.forEach(sum::add);
    return sum;
  }

  BundleFinalizers finalizers() {
    return finalizers;
  }

  TaskState state() {
    return state;
  }

  /** What the steps have others do. */
  PendingWork pending() {
    return pending;
  }

  int taskIndex() {
    return taskIndex;
  }

  KeyGroupRange keyGroups() {
    return keyGroups;
  }

  InstantSource clock() {
    return resources.clock();
  }

  /** See {@link OperatorContext#isDraining}. Any thread may call. */
  void drain() {
    draining = true;
  }

  void advanceInputWatermark(long millis) {
    inputWatermark = Math.max(inputWatermark, millis);
  }

  /** Names who is told of the output watermark, between bundles. */
  void onOutputWatermark(LongConsumer listener) {
    outputWatermarkListener = listener;
  }

  void setOutputWatermark(long millis) {
    outputWatermark = millis;
    outputWatermarkListener.accept(millis);
  }

  private final class StepContext implements OperatorContext {

    private final String stepName;
    private final String snapshotName;
    private final MetricsContainerImpl metrics;
    private final SideInputs sideInputs;

    StepContext(
        String stepName, String snapshotName, MetricsContainerImpl metrics, SideInputs sideInputs) {
      this.stepName = stepName;
      this.snapshotName = snapshotName;
      this.metrics = metrics;
      this.sideInputs = sideInputs;
    }

    @Override
    public String stepName() {
      return stepName;
    }

    @Override
    public PipelineOptions options() {
      return resources.options();
    }

    @Override
    public int taskIndex() {
      return taskIndex;
    }

    @Override
    public int parallelism() {
      return parallelism;
    }

    @Override
    public KeyGroupRange keyGroups() {
      return keyGroups;
    }

    @Override
    public MemoryBudget memory() {
      return resources.memory();
    }

    @Override
    public SpillDirectory spill() {
      return resources.spill();
    }

    @Override
    public InstantSource clock() {
      return resources.clock();
    }

    @Override
    public SynchronizedClock synchronizedClock() {
      return synchronizedClock;
    }

    @Override
    public boolean takesCheckpoints() {
      return resources.takesCheckpoints();
    }

    @Override
    public boolean isDraining() {
      return draining;
    }

    @Override
    public RestoredState restored() {
      return restored.step(snapshotName, keyGroups, taskIndex, parallelism);
    }

    @Override
    public KeyedStateBackend keyedState(Serializer<Object> keys, Serializer<Object> namespaces) {
      return state.backend(snapshotName, keys, namespaces);
    }

    @Override
    public OrderedRows orderedRows(int number) {
      return state.orderedRows(snapshotName, number);
    }

    @Override
    public long inputWatermark() {
      return inputWatermark;
    }

    @Override
    public long outputWatermark() {
      return outputWatermark;
    }

    @Override
    public MetricsContainer metrics() {
      return metrics;
    }

    @Override
    public MetricsContainerImpl metricsOf(String transform) {
      return TaskContext.this.metricsOf(transform);
    }

    @Override
    public void addAsyncWork(AsyncWork work) {
      pending.add(work);
    }

    @Override
    public Wakeable task() {
      return task;
    }

    @Override
    public SideInputs sideInputs() {
      return sideInputs;
    }

    @Override
    public BundleFinalizer bundleFinalizer() {
      return finalizers;
    }
  }
}
