package dev.trestle.runner.harness;

import dev.trestle.runner.metrics.CumulativeMetrics;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.worker.SdkWorker;
import dev.trestle.runner.worker.SdkWorkers;
import dev.trestle.runner.worker.WorkerException;
import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.HarnessSpec;
import dev.trestle.translation.graph.Node;
import dev.trestle.translation.graph.Step;
import java.util.List;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleDescriptor;
import org.apache.beam.model.pipeline.v1.RunnerApi.Coder;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;

/**
 * What all operators of this package are made from.
 *
 * @param outputs the node's
 * @param receivers who takes them
 */
record HarnessStep(
    Step.Harness step,
    List<Node.Output> outputs,
    List<Receiver> receivers,
    BundleSize size,
    SdkWorkers workers) {

  private static final int MOST_BUNDLES = 3;

  HarnessStep {
    outputs = List.copyOf(outputs);
    receivers = List.copyOf(receivers);
  }

  /** The full name of the transform that stands for all. */
  String transform() {
    return step.transform().fullName();
  }

  Collection input() {
    return step.input();
  }

  HarnessSpec spec() {
    return step.spec();
  }

  /**
   * The same for what truncates restrictions.
   *
   * @param left takes what is left of them
   */
  HarnessStep truncating(HarnessSpec.Truncation truncation, Receiver left) {
    HarnessSpec own =
        new HarnessSpec(
            spec().environment(),
            truncation.descriptor(),
            truncation.inputPort(),
            List.of(truncation.outputPort()),
            spec().sideInputs(),
            List.of(),
            List.of(),
            null,
            null,
            false,
            false);
    Node.Output output = new Node.Output("truncated", input(), List.of(), List.of());
    return new HarnessStep(
        new Step.Harness(step.transform(), input(), own),
        List.of(output),
        List.of(left),
        size,
        workers);
  }

  /**
   * What a cell of state, or a timer family, is called in what is kept of it: a worker's name for
   * its transform may be another one when the pipeline is submitted again.
   */
  String nameInState(String transform, String localName) {
    String fullName =
        spec()
            .descriptor()
            .getTransformsOrDefault(transform, PTransform.getDefaultInstance())
            .getUniqueName();
    return fullName + "/" + localName;
  }

  /** How many bundles a task may have out at a time, where the order of elements is no matter. */
  int mostBundles() {
    return CumulativeMetrics.in(spec().environment()) ? 1 : MOST_BUNDLES;
  }

  /** What a worker is told, which knows equal ones for one. */
  private ProcessBundleDescriptor descriptor(int taskIndex) {
    ProcessBundleDescriptor descriptor = spec().descriptor();
    return CumulativeMetrics.in(spec().environment())
        ? descriptor.toBuilder()
            .putCoders("trestle:task " + taskIndex, Coder.getDefaultInstance())
            .build()
        : descriptor;
  }

  /**
   * Gets a worker, and tells it what it is to run. Blocks until there is one.
   *
   * @throws HarnessException if there is no worker to be had
   */
  Connection connect(OperatorContext context) throws InterruptedException {
    return connect(context.taskIndex(), new Inbox(context.task()));
  }

  /** The same with the worker of another task. */
  Connection connect(int taskIndex, Inbox inbox) throws InterruptedException {
    try {
      SdkWorker worker = workers.worker(spec().environment(), taskIndex);
      String descriptor = worker.register(descriptor(taskIndex));
      return new Connection(worker, descriptor, inbox);
    } catch (WorkerException e) {
      throw new HarnessException(transform(), e);
    }
  }
}
