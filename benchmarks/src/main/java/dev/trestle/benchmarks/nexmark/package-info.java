/**
 * Beam's Nexmark queries, each on any Beam runner and as a hand-written loop, over the same events
 * and with results that can be compared.
 *
 * <p>Start reading at {@link dev.trestle.benchmarks.nexmark.NexmarkSession}.
 */
@NullMarked
package dev.trestle.benchmarks.nexmark;

import org.jspecify.annotations.NullMarked;
