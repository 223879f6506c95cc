/**
 * Operators that call DoFns: ParDo, stateful ParDo, the three parts of a splittable DoFn, and the
 * gates that keep elements back until their side inputs are ready.
 *
 * <p>The per-element path allocates nothing and looks nothing up: one set of contexts and receivers
 * per operator is reused for every element. Others see the operators through {@code
 * dev.trestle.runner.operator}; {@link dev.trestle.runner.dofn.DoFnOperators} makes them.
 *
 * <p>Start reading at {@link dev.trestle.runner.dofn.ParDoOperator}.
 */
@NullMarked
package dev.trestle.runner.dofn;

import org.jspecify.annotations.NullMarked;
