/**
 * What Trestle costs, beside its peers. {@code benchmarks/run.sh} starts every main class of this
 * module in a JVM of its own; the classes name no runner, so that each can be run on any.
 *
 * <p>Start reading at {@code benchmarks/run.sh}, then at {@link
 * dev.trestle.benchmarks.nexmark.NexmarkSession}.
 */
@NullMarked
package dev.trestle.benchmarks;

import org.jspecify.annotations.NullMarked;
