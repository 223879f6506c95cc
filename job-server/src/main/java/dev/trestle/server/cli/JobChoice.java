package dev.trestle.server.cli;

import dev.trestle.runner.control.ControlClient;
import dev.trestle.runner.control.ControlDirectory;
import dev.trestle.runner.control.JobControl;
import dev.trestle.runner.engine.JobRefusal;
import java.io.IOException;
import picocli.CommandLine.Parameters;

/** Which job a command is about, and how its process is asked. */
final class JobChoice {

  @Parameters(
      paramLabel = "JOB",
      description = "Its --jobName; 'trestle jobs' shows those that run.")
  private String job = "";

  /** Asks a job for something. */
  interface Request {
    String send(JobControl job) throws IOException, InterruptedException;
  }

  /**
   * Asks the job.
   *
   * @throws RefusedException if there is no such job, or it cannot do it
   */
  int ask(Terminal terminal, Request request) throws InterruptedException {
    try {
      JobControl control = ControlClient.of(ControlDirectory.ofUser(), job);
      terminal.out().println(request.send(control));
      terminal.out().flush();
      return ExitCodes.DONE;
    } catch (JobRefusal e) {
      throw new RefusedException(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      terminal.err().println("trestle: " + job + ": " + e.getMessage());
      return ExitCodes.FAILED;
    }
  }
}
