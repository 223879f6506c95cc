/**
 * Shows operator graphs to people, as text and as Graphviz. Imports {@code graph} and {@code wire};
 * start at {@link dev.trestle.translation.print.GraphPrinter}.
 */
@NullMarked
package dev.trestle.translation.print;

import org.jspecify.annotations.NullMarked;
