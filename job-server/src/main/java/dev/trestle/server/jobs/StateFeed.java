package dev.trestle.server.jobs;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobStateEvent;

/** The states that a job has been in since the server has known it. Any thread may call. */
final class StateFeed implements Feed<JobStateEvent> {

  private final FeedReaders readers = new FeedReaders();

  @GuardedBy("this")
  private final List<JobStateEvent> events = new ArrayList<>();

  StateFeed(JobStateEvent first) {
    events.add(first);
  }

  void add(JobStateEvent event) {
    synchronized (this) {
      events.add(event);
    }
    readers.wake();
  }

  /** Ends no earlier than with a state that is final; a new reader begins with the last one. */
  @Override
  public synchronized Part<JobStateEvent> read(long position) {
    int from = position == 0 ? events.size() - 1 : Math.min((int) position, events.size());
    JobStateEvent last = events.get(events.size() - 1);
    return new Part<>(
        List.copyOf(events.subList(from, events.size())),
        events.size(),
        JobStates.isFinal(last.getState()));
  }

  @Override
  public Runnable onMore(Runnable wake) {
    return readers.add(wake);
  }
}
