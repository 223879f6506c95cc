/** Keyed state larger than memory, beside RocksDB without anything above it. */
@NullMarked
package dev.trestle.benchmarks.state;

import org.jspecify.annotations.NullMarked;
