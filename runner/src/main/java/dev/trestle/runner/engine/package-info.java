/**
 * The engine: tasks, the schedulers that drive them, and the job they make up. Knows nothing of
 * DoFns or windows; operators do.
 *
 * <p>Start reading at {@link dev.trestle.runner.engine.Task}, then {@link
 * dev.trestle.runner.engine.Scheduler}.
 */
@NullMarked
package dev.trestle.runner.engine;

import org.jspecify.annotations.NullMarked;
