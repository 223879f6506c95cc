package dev.trestle.runner.inspect;

/**
 * One checkpoint or savepoint, as a line of a list.
 *
 * @param directory where it is, relative to the place; empty for the place itself
 * @param kind {@code checkpoint} or {@code savepoint}
 * @param completedMillis when it was whole, milliseconds since 1970
 * @param restorable whether its job may go on from it by itself; a savepoint of an earlier life of
 *     the job has to be named
 * @param bytes of all its files
 * @param earlierBytes of those of them that were uploaded for earlier checkpoints
 */
public record CheckpointSummary(
    String directory,
    String job,
    long id,
    long epoch,
    String kind,
    long completedMillis,
    boolean restorable,
    long bytes,
    long earlierBytes) {}
