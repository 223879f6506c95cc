/** The metrics of a job: one container for each step and task, put together when somebody asks. */
@NullMarked
package dev.trestle.runner.metrics;

import org.jspecify.annotations.NullMarked;
