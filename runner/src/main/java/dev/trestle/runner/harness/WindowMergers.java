package dev.trestle.runner.harness;

import dev.trestle.runner.worker.SdkWorkers;
import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.HarnessSpec.Inquiry;
import dev.trestle.translation.graph.Step;
import dev.trestle.translation.wire.OpaqueWindowFn;

/**
 * Lets groupings whose windows only an SDK can merge ask it. Confined to the thread that makes the
 * operators of a stage.
 */
public final class WindowMergers {

  private final SdkWorkers workers;
  private int next;

  /**
   * For the tasks of one stage.
   *
   * @param workers of the environments of the graph
   */
  public WindowMergers(SdkWorkers workers) {
    this.workers = workers;
  }

  /** The step with windows that can be merged, for one task. */
  public Step.GroupByKey bind(Step.GroupByKey step) {
    Inquiry merging = step.merging();
    if (merging == null
        || !(step.input().windowing().getWindowFn() instanceof OpaqueWindowFn windowFn)) {
      return step;
    }
    Collection input = step.input();
    OpaqueWindowFn bound =
        windowFn.mergedBy(
            new MergeCalls(
                new InquiryCalls(step.transform().fullName(), merging, workers, next++), windowFn));
    return new Step.GroupByKey(
        step.transform(),
        new Collection(
            input.id(), input.coder(), input.windowing().withWindowFn(bound), input.bounded()),
        merging);
  }
}
