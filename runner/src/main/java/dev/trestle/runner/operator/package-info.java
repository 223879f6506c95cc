/**
 * The contract of operators, what kinds of them have in common, and the one that only hands on what
 * it reads. Operators know nothing of threads, tasks or channels.
 *
 * <p>Two rules let one implementation run in Trestle's own engine and hosted on another: handing an
 * element on always succeeds, and no call does unbounded work.
 *
 * <p>Start reading at {@link dev.trestle.runner.operator.Operator}.
 */
@NullMarked
package dev.trestle.runner.operator;

import org.jspecify.annotations.NullMarked;
