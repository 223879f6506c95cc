/**
 * Where SDK workers come from: started as processes or in this one, asked of a worker pool, or run
 * in containers, as a pipeline's environments say and the server's settings allow. Start at {@link
 * dev.trestle.server.environment.JobWorkers}; each kind of environment has a {@link
 * dev.trestle.server.environment.WorkerLauncher}. May import the runner's workers.
 */
@NullMarked
package dev.trestle.server.environment;

import org.jspecify.annotations.NullMarked;
