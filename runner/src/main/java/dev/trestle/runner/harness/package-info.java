/**
 * The operators that have transforms run by SDK harnesses, in bundles that are out while the task
 * goes on ({@link dev.trestle.runner.harness.Bundles}), and what answers the harnesses' questions.
 * May import what other operators may, and {@code worker}. Start at {@link
 * dev.trestle.runner.harness.HarnessOperators}.
 */
@NullMarked
package dev.trestle.runner.harness;

import org.jspecify.annotations.NullMarked;
