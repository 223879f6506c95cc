package dev.trestle.runner.engine;

/**
 * What the engine has to know of a job's options.
 *
 * @param parallelism tasks a stage, at least 1
 * @param keyGroups of the job, at least {@code parallelism}
 * @param maxBundleSize elements, at least 1
 * @param maxBundleNanos nanoseconds, at least 1
 * @param flushNanos how long partial aggregates may be kept back, in nanoseconds
 * @param checkImmutability whether to check that no step changes an element it has been given
 * @param drain whether the job is drained from its start
 */
public record EngineSettings(
    int parallelism,
    int keyGroups,
    int maxBundleSize,
    long maxBundleNanos,
    long flushNanos,
    boolean checkImmutability,
    boolean drain) {}
