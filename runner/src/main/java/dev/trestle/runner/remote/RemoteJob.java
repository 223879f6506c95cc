package dev.trestle.runner.remote;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.trestle.runner.engine.JobRefusal;
import dev.trestle.runner.engine.RunningJob;
import dev.trestle.runner.metrics.MonitoringInfos;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.beam.model.jobmanagement.v1.JobApi;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessage;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessage.MessageImportance;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessagesResponse;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobState;
import org.apache.beam.sdk.metrics.MetricResults;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A job at a server, seen from its author's process. A thread follows the job and logs what it
 * says. When it has ended its metrics are fetched and the connection is closed. Methods may be
 * called by any thread.
 */
final class RemoteJob implements RunningJob {

  private static final Logger LOG = LoggerFactory.getLogger(RemoteJob.class);

  private final JobServerClient client;
  private final String id;
  private final CountDownLatch end = new CountDownLatch(1);

  @GuardedBy("this")
  private State state = State.RUNNING;

  @GuardedBy("this")
  private @Nullable String lastError;

  @GuardedBy("this")
  private @Nullable MetricResults finalMetrics;

  private RemoteJob(JobServerClient client, String id) {
    this.client = client;
    this.id = id;
  }

  /** Follows a job, and closes the connection at its end. */
  static RemoteJob follow(JobServerClient client, String id) {
    RemoteJob job = new RemoteJob(client.patient(), id);
    Thread follower = new Thread(job::follow, "follow-" + id);
    follower.start();
    return job;
  }

  private void follow() {
    try {
      new JobFollower(client, id, this::hear).follow();
      keepMetrics();
    } catch (StatusRuntimeException e) {
      lost("The job server cannot be asked any more about job " + id + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      lost("Nobody follows job " + id + " any more");
    } finally {
      client.close();
      end.countDown();
    }
  }

  private void hear(JobMessagesResponse heard) {
    if (heard.hasMessageResponse()) {
      log(heard.getMessageResponse());
    } else {
      LOG.info("Job {} is {}", id, heard.getStateResponse().getState());
      enter(heard.getStateResponse().getState());
    }
  }

  private void log(JobMessage message) {
    MessageImportance importance = message.getImportance();
    String text = message.getMessageText();
    switch (importance) {
      case JOB_MESSAGE_ERROR -> {
        LOG.error("{}: {}", id, text);
        synchronized (this) {
          lastError = text;
        }
      }
      case JOB_MESSAGE_WARNING -> LOG.warn("{}: {}", id, text);
      case JOB_MESSAGE_DEBUG, JOB_MESSAGE_DETAILED -> LOG.debug("{}: {}", id, text);
      default -> LOG.info("{}: {}", id, text);
    }
  }

  private synchronized void enter(JobState.Enum next) {
    switch (next) {
      case DONE, DRAINED, UPDATED -> state = State.DONE;
      case FAILED -> state = State.FAILED;
      case CANCELLED -> state = State.CANCELLED;
      default -> LOG.debug("{} goes on", id);
    }
  }

  private synchronized void lost(String why) {
    state = State.FAILED;
    lastError = why;
  }

  private void keepMetrics() {
    MetricResults last = fetchMetrics();
    synchronized (this) {
      finalMetrics = last;
    }
  }

  private MetricResults fetchMetrics() {
    JobApi.MetricResults metrics = client.metrics(id);
    return MonitoringInfos.results(metrics.getAttemptedList(), metrics.getCommittedList());
  }

  /** Running until its metrics have been fetched as well. */
  @Override
  public synchronized State state() {
    return end.getCount() > 0 ? State.RUNNING : state;
  }

  @Override
  public synchronized @Nullable Throwable failure() {
    return state == State.FAILED ? new RemoteJobException(String.valueOf(lastError)) : null;
  }

  @Override
  public void cancel() {
    if (end.getCount() > 0) {
      client.cancel(id);
    }
  }

  @Override
  public void drain() {
    if (end.getCount() > 0) {
      client.drain(id);
    }
  }

  @Override
  public CompletableFuture<String> savepoint(AfterSavepoint then) {
    if (end.getCount() == 0) {
      return CompletableFuture.failedFuture(new JobRefusal("The job has ended: it is " + state()));
    }
    CompletableFuture<String> place =
        then == AfterSavepoint.GO_ON ? client.savepoint(id) : client.stop(id);
    return place.exceptionallyCompose(
        failure -> CompletableFuture.failedFuture(Refusals.of(failure)));
  }

  @Override
  public boolean await(long millis) throws InterruptedException {
    return end.await(millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public MetricResults metrics() {
    synchronized (this) {
      if (finalMetrics != null) {
        return finalMetrics;
      }
      if (end.getCount() == 0) {
        return MonitoringInfos.results(List.of(), List.of());
      }
    }
    return fetchMetrics();
  }
}
