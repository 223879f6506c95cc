package dev.trestle.server.cli;

import dev.trestle.runner.control.ControlClient;
import dev.trestle.runner.control.ControlDirectory;
import dev.trestle.runner.control.JobStatus;
import dev.trestle.runner.engine.JobRefusal;
import dev.trestle.runner.remote.JobServerClient;
import dev.trestle.runner.remote.RemoteJobControl;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobInfo;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs that commands can be about: those of one server, or all of this user on this machine,
 * whether in processes of their own or at servers. A job is named by its name or its id.
 */
final class KnownJobs implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(KnownJobs.class);

  private final List<KnownJob> jobs = new ArrayList<>();
  private final List<JobServerClient> servers = new ArrayList<>();
  private final @Nullable String endpoint;

  private KnownJobs(@Nullable String endpoint) {
    this.endpoint = endpoint;
  }

  /**
   * Looks for jobs.
   *
   * @throws IOException if the server that was named does not answer
   */
  static KnownJobs of(ServerChoice choice) throws IOException {
    String endpoint = choice.endpoint();
    KnownJobs known = new KnownJobs(endpoint);
    try {
      if (endpoint == null) {
        known.addLocal(choice, ControlDirectory.ofUser());
      } else {
        known.addServer(endpoint, choice.connect(endpoint, choice.certificates()));
      }
      return known;
    } catch (StatusRuntimeException e) {
      known.close();
      throw new IOException(
          "the job server at "
              + endpoint
              + " answers "
              + e.getStatus().getCode()
              + ": "
              + e.getStatus().getDescription(),
          e);
    } catch (IOException | RuntimeException e) {
      known.close();
      throw e;
    }
  }

  private void addLocal(ServerChoice choice, ControlDirectory directory) throws IOException {
    for (JobStatus status : ControlClient.jobs(directory)) {
      jobs.add(
          new KnownJob(
              status.job(),
              status.job(),
              status.state().name(),
              true,
              String.format(
                  "process %-8d  since %s",
                  status.process(),
                  Instant.ofEpochMilli(status.startedMillis()).truncatedTo(ChronoUnit.SECONDS)),
              ControlClient.of(directory, status.job()),
              null));
    }
    for (LocalServers.Address server : new LocalServers(directory).list()) {
      try {
        addServer(server.endpoint(), choice.connect(server.endpoint(), server.certificates()));
      } catch (StatusRuntimeException e) {
        LOG.debug("No server at {} any more, or one that wants a token", server.endpoint(), e);
      }
    }
  }

  private void addServer(String at, JobServerClient server) {
    servers.add(server);
    for (JobInfo job : server.list()) {
      jobs.add(
          new KnownJob(
              job.getJobName(),
              job.getJobId(),
              job.getState().name(),
              isLive(job),
              "server " + at + "  " + job.getJobId(),
              new RemoteJobControl(server, job),
              server));
    }
  }

  private static boolean isLive(JobInfo job) {
    return switch (job.getState()) {
      case STARTING, RUNNING, DRAINING, CANCELLING, UPDATING -> true;
      default -> false;
    };
  }

  List<KnownJob> all() {
    return jobs;
  }

  /**
   * The job of an id; or of a name, if that is clear: the one that runs, or else the latest.
   *
   * @throws JobRefusal if there is none, or more than one of that name run
   */
  KnownJob find(String nameOrId) {
    List<KnownJob> named = new ArrayList<>();
    for (KnownJob job : jobs) {
      if (job.server() != null && job.id().equals(nameOrId)) {
        return job;
      }
      if (job.name().equals(nameOrId)) {
        named.add(job);
      }
    }
    if (named.isEmpty()) {
      throw new JobRefusal(missing(nameOrId));
    }
    List<KnownJob> live = named.stream().filter(KnownJob::live).toList();
    if (live.size() > 1) {
      throw new JobRefusal(
          "There is more than one job '" + nameOrId + "'; say which by its id: " + ids(live));
    }
    return live.isEmpty() ? named.get(named.size() - 1) : live.get(0);
  }

  private String missing(String job) {
    String there =
        jobs.stream()
            .filter(each -> endpoint != null || each.live())
            .map(KnownJob::name)
            .distinct()
            .collect(Collectors.joining(", "));
    String place = endpoint == null ? "of this user runs on this machine" : "is at " + endpoint;
    return "No job '"
        + job
        + "' "
        + place
        + "; "
        + (there.isEmpty() ? "there is none" : "there are: " + there);
  }

  private static String ids(List<KnownJob> jobs) {
    return jobs.stream().map(KnownJob::id).collect(Collectors.joining(", "));
  }

  @Override
  public void close() {
    servers.forEach(JobServerClient::close);
  }
}
