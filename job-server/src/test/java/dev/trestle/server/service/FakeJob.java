package dev.trestle.server.service;

import dev.trestle.runner.engine.JobRefusal;
import dev.trestle.runner.engine.RunningJob;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.MetricResults;

/** A job that ends when the test says so. */
final class FakeJob implements RunningJob {

  private final MetricsContainerStepMap attempted = new MetricsContainerStepMap();
  private final MetricsContainerStepMap committed = new MetricsContainerStepMap();
  private final CountDownLatch end = new CountDownLatch(1);
  private volatile State state = State.RUNNING;
  private volatile Throwable failure;
  private volatile boolean draining;
  private final boolean stubborn;

  FakeJob() {
    this(false);
  }

  /** A stubborn one takes no notice of being cancelled. */
  FakeJob(boolean stubborn) {
    this.stubborn = stubborn;
  }

  void count(String step, String counter, long attempts, long commits) {
    MetricName name = MetricName.named("test", counter);
    attempted.getContainer(step).getCounter(name).inc(attempts);
    committed.getContainer(step).getCounter(name).inc(commits);
  }

  void end(State as) {
    state = as;
    end.countDown();
  }

  void fail(Throwable why) {
    failure = why;
    end(State.FAILED);
  }

  boolean draining() {
    return draining;
  }

  @Override
  public State state() {
    return state;
  }

  @Override
  public Throwable failure() {
    return failure;
  }

  @Override
  public void cancel() {
    if (!stubborn && state == State.RUNNING) {
      end(State.CANCELLED);
    }
  }

  @Override
  public void drain() {
    draining = true;
  }

  @Override
  public CompletableFuture<String> savepoint(AfterSavepoint then) {
    if (then == AfterSavepoint.STOP) {
      cancel();
      return CompletableFuture.completedFuture("/savepoints/2");
    }
    return state == State.RUNNING
        ? CompletableFuture.completedFuture("/savepoints/1")
        : CompletableFuture.failedFuture(new JobRefusal("The job has ended"));
  }

  @Override
  public boolean await(long millis) throws InterruptedException {
    return end.await(millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public MetricResults metrics() {
    return MetricsContainerStepMap.asMetricResults(attempted, committed);
  }
}
