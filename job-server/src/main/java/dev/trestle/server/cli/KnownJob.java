package dev.trestle.server.cli;

import dev.trestle.runner.control.JobControl;
import dev.trestle.runner.remote.JobServerClient;
import org.jspecify.annotations.Nullable;

/**
 * A job that a command can be about.
 *
 * @param name the user's
 * @param id at its server; the name again for a job in a process of its own
 * @param state in the words of the job API
 * @param live whether it runs, or is about to
 * @param where it runs, for people
 * @param server null for a job in a process of its own
 */
record KnownJob(
    String name,
    String id,
    String state,
    boolean live,
    String where,
    JobControl control,
    @Nullable JobServerClient server) {

  /**
   * Its server.
   *
   * @throws RefusedException if it has none, since only a server keeps what is asked for
   */
  JobServerClient serverOr(String wanted) {
    if (server == null) {
      throw new RefusedException(
          "job '" + name + "' runs in a process of its own, which has its " + wanted + ".");
    }
    return server;
  }
}
