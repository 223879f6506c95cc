package dev.trestle.server.cli;

import dev.trestle.runner.control.JobControl;
import dev.trestle.runner.engine.JobRefusal;
import java.io.IOException;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.StatusRuntimeException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Which job a command is about, and how its process or server is asked. */
final class JobChoice {

  @Mixin private final ServerChoice server = new ServerChoice();

  @Parameters(
      paramLabel = "JOB",
      description = "Its --jobName, or its id at a server; 'trestle jobs' shows them.")
  private String job = "";

  /** Asks a job for something. */
  interface Request {
    String send(JobControl job) throws IOException, InterruptedException;
  }

  /** Does something about a job. */
  interface Visit {
    void to(KnownJob job) throws IOException, InterruptedException;
  }

  /**
   * Asks the job, and prints its answer.
   *
   * @throws RefusedException if there is no such job, or it cannot do it
   */
  int ask(Terminal terminal, Request request) throws InterruptedException {
    return visit(terminal, known -> terminal.out().println(answer(terminal, request, known)));
  }

  private static String answer(Terminal terminal, Request request, KnownJob job)
      throws IOException, InterruptedException {
    WaitingLine line = WaitingLine.start(terminal, job.name());
    try {
      return request.send(job.control());
    } finally {
      line.end();
    }
  }

  /**
   * Does something about the job.
   *
   * @throws RefusedException if there is no such job, or it cannot do it
   */
  int visit(Terminal terminal, Visit visit) throws InterruptedException {
    try (KnownJobs known = KnownJobs.of(server)) {
      visit.to(known.find(job));
      terminal.out().flush();
      return ExitCodes.DONE;
    } catch (JobRefusal e) {
      throw new RefusedException(String.valueOf(e.getMessage()), e);
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.FAILED_PRECONDITION) {
        throw new RefusedException(String.valueOf(e.getStatus().getDescription()), e);
      }
      return failed(terminal, e);
    } catch (IOException e) {
      return failed(terminal, e);
    }
  }

  private int failed(Terminal terminal, Exception e) {
    terminal.err().println("trestle: " + job + ": " + e.getMessage());
    return ExitCodes.FAILED;
  }
}
