package dev.trestle.runner.control;

import dev.trestle.runner.control.ControlMessages.Reply;
import dev.trestle.runner.control.ControlMessages.Verb;
import dev.trestle.runner.engine.JobRefusal;
import dev.trestle.runner.engine.RunningJob.State;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The verbs for a job of another process. */
public final class ControlClient implements JobControl {

  private static final Logger LOG = LoggerFactory.getLogger(ControlClient.class);

  private static final String ENDED = "The job has ended meanwhile";

  private final Path socket;

  private ControlClient(Path socket) {
    this.socket = socket;
  }

  /**
   * The control of a job.
   *
   * @throws JobRefusal if no job of that name runs, naming those that do
   * @throws IOException if the directory cannot be read
   */
  public static JobControl of(ControlDirectory directory, String job) throws IOException {
    List<JobStatus> jobs = jobs(directory);
    if (jobs.stream().noneMatch(status -> status.job().equals(job))) {
      String there = jobs.stream().map(JobStatus::job).collect(Collectors.joining(", "));
      throw new JobRefusal(
          "No job '"
              + job
              + "' of this user runs on this machine; "
              + (there.isEmpty() ? "there is none" : "there are: " + there));
    }
    return new ControlClient(directory.socket(job));
  }

  /**
   * All jobs that run, by name. Removes the sockets of those that have died.
   *
   * @throws IOException if the directory cannot be read
   */
  public static List<JobStatus> jobs(ControlDirectory directory) throws IOException {
    List<JobStatus> jobs = new ArrayList<>();
    for (Path socket : directory.sockets()) {
      try {
        jobs.add(JobStatus.parse(new ControlClient(socket).ask(Verb.STATUS).text()));
      } catch (ConnectException e) {
        Files.deleteIfExists(socket); // nobody listens there
      } catch (IOException | IllegalArgumentException e) {
        LOG.debug("The job at {} is ending", socket, e);
      }
    }
    jobs.sort(Comparator.comparing(JobStatus::job));
    return jobs;
  }

  @Override
  public JobStatus status() throws IOException {
    return JobStatus.parse(call(Verb.STATUS));
  }

  @Override
  public String savepoint() throws IOException {
    return call(Verb.SAVEPOINT);
  }

  @Override
  public String stop() throws IOException {
    return call(Verb.STOP);
  }

  @Override
  public State drain() throws IOException {
    return State.valueOf(call(Verb.DRAIN));
  }

  @Override
  public State cancel() throws IOException {
    return State.valueOf(call(Verb.CANCEL));
  }

  private String call(Verb verb) throws IOException {
    Reply reply;
    try {
      reply = ask(verb);
    } catch (ProtocolException e) {
      throw e;
    } catch (IOException e) {
      LOG.debug("The job's process has gone", e);
      throw new JobRefusal(ENDED);
    }
    return switch (reply.kind()) {
      case OK -> reply.text();
      case REFUSED -> throw new JobRefusal(reply.text());
      case FAILED -> throw new IOException(reply.text());
    };
  }

  private Reply ask(Verb verb) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      ControlMessages.write(channel, verb);
      return ControlMessages.readReply(channel);
    }
  }
}
