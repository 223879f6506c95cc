/**
 * The contract of operators, what kinds of them have in common, and those that look into no
 * element: one hands on what it reads, one writes and reads it again. Operators know nothing of
 * threads, tasks or channels.
 *
 * <p>Two rules let one implementation run in Trestle's own engine and hosted on another: handing an
 * element on always succeeds, and no call does unbounded work.
 *
 * <p>Start reading at {@link dev.trestle.runner.operator.Operator}.
 */
@NullMarked
package dev.trestle.runner.operator;

import org.jspecify.annotations.NullMarked;
