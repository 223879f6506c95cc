/** More timers than memory holds. */
@NullMarked
package dev.trestle.benchmarks.timers;

import org.jspecify.annotations.NullMarked;
