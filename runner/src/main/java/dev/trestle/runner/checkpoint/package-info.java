/**
 * What a task's snapshot looks like in a file: {@link
 * dev.trestle.runner.checkpoint.StateFileWriter} writes it, {@link
 * dev.trestle.runner.checkpoint.RestoredJob} gives the new tasks of a job what is theirs. Knows
 * records, not what they mean: that is up to the operators. May be imported by the engine.
 */
@NullMarked
package dev.trestle.runner.checkpoint;

import org.jspecify.annotations.NullMarked;
