/**
 * The metrics of a job: one container for each step and task, put together when somebody asks, and
 * for a checkpoint. Start with {@link dev.trestle.runner.metrics.JobMetrics}; a job that takes
 * checkpoints has {@link dev.trestle.runner.metrics.DurableMetrics} above it.
 */
@NullMarked
package dev.trestle.runner.metrics;

import org.jspecify.annotations.NullMarked;
