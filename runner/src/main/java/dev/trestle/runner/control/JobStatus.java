package dev.trestle.runner.control;

import dev.trestle.runner.engine.RunningJob.State;

/**
 * How a job stands.
 *
 * @param job its name
 * @param process the id of its process
 * @param startedMillis when this process started it, milliseconds since 1970
 */
public record JobStatus(String job, State state, long process, long startedMillis) {

  private static final int FIELDS = 4;

  /** As {@link #parse} reads it; the name comes last, since it may be any text. */
  String format() {
    return state + " " + process + " " + startedMillis + " " + job;
  }

  /**
   * Reads a status.
   *
   * @throws IllegalArgumentException if it is none
   */
  static JobStatus parse(String text) {
    String[] fields = text.split(" ", FIELDS);
    if (fields.length < FIELDS) {
      throw new IllegalArgumentException("Not the status of a job: " + text);
    }
    return new JobStatus(
        fields[3], State.valueOf(fields[0]), Long.parseLong(fields[1]), Long.parseLong(fields[2]));
  }
}
