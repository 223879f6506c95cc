package dev.trestle.runner.operator;

import dev.trestle.runner.exchange.Wakeable;
import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.memory.MemoryBudget;
import dev.trestle.state.spill.SpillDirectory;
import dev.trestle.state.table.KeyedStateBackend;
import dev.trestle.state.table.OrderedRows;
import dev.trestle.state.table.Serializer;
import java.time.InstantSource;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn.BundleFinalizer;

/** What an operator may use of its task. Valid from {@code open} to {@code close}. */
public interface OperatorContext {

  /** The transform's full name, for errors and metrics. */
  String stepName();

  PipelineOptions options();

  /** Which of the stage's tasks this is, from 0. */
  int taskIndex();

  /** How many tasks the stage has. */
  int parallelism();

  /** The key groups that the task owns; all of them where the stage is not keyed. */
  KeyGroupRange keyGroups();

  /** Memory for buffers and state, shared by all tasks of the process. */
  MemoryBudget memory();

  /** Where to put what does not fit. */
  SpillDirectory spill();

  /** Processing time; a test stream drives it. */
  InstantSource clock();

  /** Processing time, held back by what has begun upstream. */
  SynchronizedClock synchronizedClock();

  /** The task's input watermark, in milliseconds, as last told to the root. */
  long inputWatermark();

  /** The task's output watermark, in milliseconds, as last handed on. */
  long outputWatermark();

  /**
   * Whether the job takes checkpoints: what a bundle did is durable when the next of them has been
   * committed, and not as soon as the bundle ends.
   */
  boolean takesCheckpoints();

  /**
   * Whether the job is to end in good order: sources read no more and end, splittable DoFns do what
   * is left of their restrictions when these have been truncated, and everything fires. Once true
   * it stays so, and it is so before the end of the input comes because of it.
   */
  boolean isDraining();

  /**
   * The task's keyed state, restored where the job goes on from a checkpoint, and part of every
   * checkpoint. One step of a task may ask, while it is being opened.
   *
   * @param keys writes keys that are not a {@code ByteKey}
   */
  KeyedStateBackend keyedState(Serializer<Object> keys, Serializer<Object> namespaces);

  /**
   * The same state's rows in an order of their own, for what has no room in memory.
   *
   * @param number 0 to 255, of one kind of rows among those that the step has
   */
  OrderedRows orderedRows(int number);

  /** What the step had, in this job's earlier life. Good while the operator is being opened. */
  RestoredState restored();

  /** Takes this step's metrics. */
  MetricsContainer metrics();

  /**
   * Takes the metrics of a transform that the step has somebody else run.
   *
   * @param transform its full name
   */
  MetricsContainerImpl metricsOf(String transform);

  /** Says, while the step is being opened, that it has others do something. */
  void addAsyncWork(AsyncWork work);

  /** The task, for others to wake. */
  Wakeable task();

  /** Panes of the side inputs that this step reads, as far as they have arrived. */
  SideInputs sideInputs();

  /** Takes callbacks for when the current bundle's effects are durable. */
  BundleFinalizer bundleFinalizer();
}
