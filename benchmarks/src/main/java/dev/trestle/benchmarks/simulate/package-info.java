/** Jobs that crash, as often as one likes: not measured, but counted. */
@NullMarked
package dev.trestle.benchmarks.simulate;

import org.jspecify.annotations.NullMarked;
