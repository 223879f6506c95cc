/**
 * From steps to stages. A stage is a root and everything that can be reached from it without
 * crossing an edge; all that has to be decided is where more edges are needed. Imports {@code
 * graph} and {@code steps}; start at {@link dev.trestle.translation.fusion.Fusion}.
 */
@NullMarked
package dev.trestle.translation.fusion;

import org.jspecify.annotations.NullMarked;
