package dev.trestle.runner.control;

import dev.trestle.runner.engine.JobRefusal;
import dev.trestle.runner.engine.RunningJob;
import dev.trestle.runner.engine.RunningJob.AfterSavepoint;
import dev.trestle.runner.engine.RunningJob.State;
import java.io.IOException;
import java.util.concurrent.ExecutionException;

/** The verbs for a job of this process. */
public final class LocalJobControl implements JobControl {

  private final String name;
  private final RunningJob job;
  private final long startedMillis;

  /**
   * The control of a job.
   *
   * @param startedMillis when it was started, milliseconds since 1970
   */
  public LocalJobControl(String name, RunningJob job, long startedMillis) {
    this.name = name;
    this.job = job;
    this.startedMillis = startedMillis;
  }

  @Override
  public JobStatus status() {
    return new JobStatus(name, job.state(), ProcessHandle.current().pid(), startedMillis);
  }

  @Override
  public String savepoint() throws IOException, InterruptedException {
    return savepoint(AfterSavepoint.GO_ON);
  }

  @Override
  public String stop() throws IOException, InterruptedException {
    String place = savepoint(AfterSavepoint.STOP);
    awaitEnd();
    return place;
  }

  private String savepoint(AfterSavepoint then) throws IOException, InterruptedException {
    try {
      return job.savepoint(then).get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof JobRefusal) {
        throw new JobRefusal(String.valueOf(cause.getMessage()));
      }
      throw new IOException("The savepoint has failed: " + cause, cause);
    }
  }

  @Override
  public State drain() throws InterruptedException {
    job.drain();
    return awaitEnd();
  }

  @Override
  public State cancel() throws InterruptedException {
    job.cancel();
    return awaitEnd();
  }

  private State awaitEnd() throws InterruptedException {
    job.await(Long.MAX_VALUE);
    return job.state();
  }
}
