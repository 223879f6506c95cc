/**
 * The operator graph: what a pipeline has become when translation is done, and the only thing that
 * is handed to an engine. Everything here is an immutable value; nothing here runs.
 *
 * <p>Start reading at {@link dev.trestle.translation.graph.OperatorGraph}.
 */
@NullMarked
package dev.trestle.translation.graph;

import org.jspecify.annotations.NullMarked;
