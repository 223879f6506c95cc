package dev.trestle.runner.remote;

import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessagesResponse;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.StatusRuntimeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what a job says from its beginning to its end, once each, also when the server goes away in
 * between and comes back. Used by one thread.
 */
public final class JobFollower {

  private static final Logger LOG = LoggerFactory.getLogger(JobFollower.class);

  private static final long RETRY_MILLIS = 500;

  /** For a server to come back. */
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(5);

  private final JobServerClient client;
  private final String job;
  private final Consumer<JobMessagesResponse> reader;
  private long read;

  /** A follower; {@code reader} is told everything. */
  public JobFollower(JobServerClient client, String job, Consumer<JobMessagesResponse> reader) {
    this.client = client;
    this.job = job;
    this.reader = reader;
  }

  /**
   * Returns when the job has ended.
   *
   * @throws StatusRuntimeException if the server does not know the job, or stays away
   */
  public void follow() throws InterruptedException {
    long heard = System.nanoTime();
    while (true) {
      long before = read;
      try {
        readOn();
        return;
      } catch (StatusRuntimeException e) {
        heard = read > before ? System.nanoTime() : heard;
        if (!mayComeBack(e) || System.nanoTime() - heard > PATIENCE_NANOS) {
          throw e;
        }
        LOG.debug("Job {} is out of sight", job, e);
        Thread.sleep(RETRY_MILLIS);
      }
    }
  }

  private void readOn() {
    Iterator<JobMessagesResponse> messages = client.messages(job);
    for (long at = 0; messages.hasNext(); at++) {
      JobMessagesResponse message = messages.next();
      if (at >= read) {
        read = at + 1;
        reader.accept(message);
      }
    }
  }

  private static boolean mayComeBack(StatusRuntimeException failure) {
    return failure.getStatus().getCode() == Status.Code.UNAVAILABLE;
  }
}
