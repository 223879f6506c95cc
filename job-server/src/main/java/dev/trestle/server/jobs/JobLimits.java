package dev.trestle.server.jobs;

import java.time.Duration;

/**
 * How much the server takes on, and how long it remembers.
 *
 * @param running how many jobs may run at once
 * @param ended how many jobs that have ended, or were never run, are remembered
 * @param endedFor how long
 */
public record JobLimits(int running, int ended, Duration endedFor) {

  public static final JobLimits DEFAULTS = new JobLimits(100, 1000, Duration.ofDays(7));
}
