/**
 * What is in a place that keeps checkpoints, for people and programs that only look. Start reading
 * at {@link dev.trestle.runner.inspect.CheckpointInspection}. Imports the formats of checkpoints,
 * and nothing of the engine.
 */
@NullMarked
package dev.trestle.runner.inspect;

import org.jspecify.annotations.NullMarked;
