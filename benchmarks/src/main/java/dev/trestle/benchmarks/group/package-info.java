/** Grouping more keys than memory holds. */
@NullMarked
package dev.trestle.benchmarks.group;

import org.jspecify.annotations.NullMarked;
