/**
 * Each query as a Java programmer would write it who has one thread, events in order of time and no
 * framework. What they take is the limit that an engine is measured against.
 *
 * <p>The loops rely on what Nexmark's default configuration promises: events come in order of time,
 * none is late.
 */
@NullMarked
package dev.trestle.benchmarks.nexmark.loop;

import org.jspecify.annotations.NullMarked;
