package dev.trestle.server.jobs;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.trestle.server.jobs.JobTable.MessageNumbers;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessage;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessage.MessageImportance;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessagesResponse;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobStateEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a job has to say, and the states that it has been in, in their order. On disk: memory holds
 * numbers only. The newest messages are kept. Any thread may call.
 */
final class MessageLog implements Feed<JobMessagesResponse> {

  private static final Logger LOG = LoggerFactory.getLogger(MessageLog.class);

  /** Kept of one job. */
  private static final int MOST_MESSAGES = 5000;

  /** Characters of one message. */
  private static final int MOST_TEXT = 16 << 10;

  /** So many are dropped at once. */
  private static final int DROPPED = 500;

  private static final int READ_AT_ONCE = 100;

  private final JobTable table;
  private final String job;
  private final InstantSource clock;
  private final FeedReaders readers = new FeedReaders();

  @GuardedBy("this")
  private long first;

  @GuardedBy("this")
  private long end;

  @GuardedBy("this")
  private boolean ended;

  /**
   * The log of a job.
   *
   * @param ended whether it has ended in an earlier life of the server
   */
  MessageLog(JobTable table, String job, InstantSource clock, boolean ended) {
    this.table = table;
    this.job = job;
    this.clock = clock;
    this.ended = ended;
    MessageNumbers numbers = table.messageNumbers(job);
    first = numbers.first();
    end = numbers.end();
  }

  /** Adds a message. One that comes after the end of the job, or of the server, is dropped. */
  void add(MessageImportance importance, String text) {
    synchronized (this) {
      if (ended) {
        return;
      }
      try {
        append(message(importance, text), change -> {}, false);
      } catch (JobTableException e) {
        LOG.warn("A message of {} is not kept: {}", job, text, e);
        return;
      }
    }
    readers.wake();
  }

  /**
   * Adds a state, and writes what goes with it at once and durably. Readers are not told before
   * {@link #announce}.
   *
   * @param last whether the job has ended with it
   */
  void add(JobStateEvent state, boolean last, Consumer<JobTable.Change> more) {
    synchronized (this) {
      append(JobMessagesResponse.newBuilder().setStateResponse(state).build(), more, true);
      ended = last;
    }
  }

  /** Tells readers of the state that has been added last. */
  void announce() {
    readers.wake();
  }

  @GuardedBy("this")
  private void append(
      JobMessagesResponse response, Consumer<JobTable.Change> more, boolean durable) {
    long kept = first;
    try (JobTable.Change change = table.change()) {
      change.message(job, end, response);
      if (end - first >= MOST_MESSAGES) {
        kept = first + DROPPED;
        change.deleteMessages(job, first, kept);
      }
      more.accept(change);
      change.write(durable);
    }
    first = kept;
    end++;
  }

  @GuardedBy("this")
  private JobMessagesResponse message(MessageImportance importance, String text) {
    String shown = text.length() > MOST_TEXT ? text.substring(0, MOST_TEXT) + "\n..." : text;
    return JobMessagesResponse.newBuilder()
        .setMessageResponse(
            JobMessage.newBuilder()
                .setMessageId(job + "-" + end)
                .setTime(Instant.ofEpochMilli(clock.millis()).toString())
                .setImportance(importance)
                .setMessageText(shown))
        .build();
  }

  @Override
  public Part<JobMessagesResponse> read(long position) {
    long from;
    long to;
    boolean complete;
    synchronized (this) {
      from = Math.max(position, first);
      to = Math.min(end, from + READ_AT_ONCE);
      complete = ended && to == end;
    }
    List<JobMessagesResponse> messages =
        from >= to ? List.of() : table.messages(job, from, to, READ_AT_ONCE);
    return new Part<>(messages, to, complete);
  }

  @Override
  public Runnable onMore(Runnable wake) {
    return readers.add(wake);
  }
}
