package dev.trestle.runner.dofn;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.BatchOperator;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Progress;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.operator.SnapshotWriter;
import dev.trestle.translation.graph.Step;
import java.io.IOException;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.transforms.DoFn.ProcessContinuation;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker.TruncateResult;
import org.apache.beam.sdk.transforms.splittabledofn.WatermarkEstimator;
import org.jspecify.annotations.Nullable;

/**
 * Processes the restrictions of a splittable DoFn, bounded or not, slice by slice. What a slice
 * leaves over is queued and holds the watermark where its estimator says.
 */
final class ProcessSizedElementsOperator extends BatchOperator {

  /** What is processed of new input before the first call of {@link #advance} in a bundle. */
  private static final int ELEMENTS_PER_BUNDLE = 10_000;

  private static final long NANOS_PER_BUNDLE = 100_000_000;

  /** What there is from open to close. */
  private static final class Running {
    final OperatorContext context;
    final DoFnInstance instance;
    final OutputObserver observer = new OutputObserver();
    final RestrictionArguments arguments;
    final RestrictionQueue queue;
    boolean draining;

    Running(
        Step.ProcessSizedElements step,
        EdgeFormat input,
        Receiver[] outputs,
        OperatorContext context) {
      this.context = context;
      instance = DoFnInstance.setUp(step.fn(), context);
      arguments =
          new RestrictionArguments(instance, step.fn(), observer.inFrontOf(outputs), context);
      DoFnSignature signature = instance.signature();
      queue =
          new RestrictionQueue(
              step.input(),
              input,
              RestrictionArguments.observesWindow(
                  context,
                  signature.processElement(),
                  signature.newTracker(),
                  signature.newWatermarkEstimator()),
              context);
    }

    long nextWakeup() {
      long next = queue.nextWakeup();
      boolean resumes = context.isDraining() && !draining && next < Long.MAX_VALUE;
      return resumes ? Long.MIN_VALUE : next;
    }

    /** Works off the queue. Returns whether there was something to do. */
    boolean work(Slice slice) {
      if (context.isDraining() && !draining) {
        draining = true;
        queue.resumeAll();
      }
      boolean worked = false;
      while (!slice.isUsedUp()) {
        Residual next = queue.poll(context.clock().millis());
        if (next == null) {
          break;
        }
        if (draining && !next.truncated()) {
          truncate(next);
        } else {
          process(next, slice);
        }
        slice.spend(1); // reads the clock: a call may have waited for another system
        worked = true;
      }
      return worked;
    }

    /** Leaves of a restriction what is to be done before the end: by default all, or nothing. */
    private void truncate(Residual work) {
      prepare(work);
      MetricsContainer before = instance.enter();
      try {
        TruncateResult<?> left = instance.invoker().invokeTruncateRestriction(arguments);
        if (left != null) {
          queue.add(work.truncatedTo(left.getTruncatedRestriction()));
        }
      } catch (RuntimeException e) {
        throw instance.failed(e);
      } finally {
        instance.exit(before);
      }
    }

    private void prepare(Residual work) {
      arguments.current.set(
          work.element(), work.timestamp(), work.windows(), work.pane(), work.metadata());
      arguments.set(work.restriction(), work.estimatorState());
    }

    private void process(Residual work, Slice slice) {
      DoFnInvoker<Object, Object> invoker = instance.invoker();
      prepare(work);
      MetricsContainer before = instance.enter();
      try {
        WatermarkEstimator<Object> estimator = arguments.watermarkEstimator();
        RestrictionCall call =
            new RestrictionCall(work, arguments.restrictionTracker(), estimator, slice);
        arguments.give(call.tracker());
        observer.observe(call, estimator, slice);
        ProcessContinuation continuation = invoker.invokeProcessElement(arguments);
        enqueue(call.finish(continuation), continuation);
      } catch (RuntimeException e) {
        throw instance.failed(e);
      } finally {
        instance.exit(before);
      }
    }

    private void enqueue(@Nullable Residual residual, ProcessContinuation continuation) {
      if (residual == null) {
        return;
      }
      long delay = continuation.resumeDelay().getMillis();
      if (continuation.shouldResume() && delay > 0) {
        queue.addDelayed(residual, context.clock().millis() + delay);
      } else {
        queue.add(residual);
      }
    }
  }

  private final Step.ProcessSizedElements step;
  private final EdgeFormat input;
  private final Receiver[] outputs;
  private final Slice ownSlice = new Slice();
  private @Nullable Running running;

  /**
   * A splittable ParDo.
   *
   * @param input the format of the edge it reads
   * @param outputs in the order of the fn's output tags
   */
  ProcessSizedElementsOperator(
      Step.ProcessSizedElements step, EdgeFormat input, Receiver[] outputs) {
    this.step = step;
    this.input = input;
    this.outputs = outputs.clone();
  }

  @Override
  public void open(OperatorContext context) throws IOException {
    Running open = new Running(step, input, outputs, context);
    running = open; // so that it is closed whatever comes
    open.queue.restore(context.restored());
  }

  @Override
  public void startBundle() {
    Running open = running();
    ownSlice.restart(ELEMENTS_PER_BUNDLE, System.nanoTime() + NANOS_PER_BUNDLE);
    open.arguments.startBundle();
    open.instance.startBundle();
  }

  @Override
  public void accept(Batch batch) {
    Running open = running();
    open.queue.add(batch);
    open.work(ownSlice);
  }

  @Override
  public boolean advanceWatermark(long watermark, Slice slice) {
    return true; // an estimator, not the input, moves the watermark of a restriction
  }

  @Override
  public Progress advance(Slice slice) {
    return running().work(slice) ? Progress.MADE : Progress.NONE;
  }

  @Override
  public long nextWakeup() {
    return running().nextWakeup();
  }

  @Override
  public void finishBundle() {
    Running open = running();
    open.instance.finishBundle(open.arguments.outputs());
  }

  @Override
  public long hold() {
    return running().queue.hold();
  }

  /** The least end of the windows in which something is still to be done. */
  long earliestWindowEnd() {
    return running().queue.earliestWindowEnd();
  }

  @Override
  public void snapshot(SnapshotWriter out) throws IOException {
    running().queue.snapshot(out);
  }

  @Override
  public void close() {
    if (running != null) {
      running.queue.close();
      running.instance.tearDown();
    }
  }

  private Running running() {
    if (running == null) {
      throw new IllegalStateException("Not open: " + step.transform().fullName());
    }
    return running;
  }
}
