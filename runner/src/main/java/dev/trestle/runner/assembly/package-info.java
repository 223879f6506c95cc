/**
 * Puts a job together: reads the options, and chooses an operator for each step of the graph. The
 * one place that knows both steps and operators.
 */
@NullMarked
package dev.trestle.runner.assembly;

import org.jspecify.annotations.NullMarked;
