/**
 * Digests of a query's results: a count and an order-free hash, equal for equal results whichever
 * engine found them.
 */
@NullMarked
package dev.trestle.benchmarks.nexmark.results;

import org.jspecify.annotations.NullMarked;
