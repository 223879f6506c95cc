/**
 * JMH benchmarks of the engine's hot pieces: {@code benchmarks/run.sh jmh}. No query here, only
 * what an element costs at one place.
 */
@NullMarked
package dev.trestle.benchmarks.hot;

import org.jspecify.annotations.NullMarked;
