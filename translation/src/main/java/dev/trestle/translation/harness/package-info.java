/**
 * Transforms of other environments: which of them an SDK harness runs together, and what it is told
 * of them. Imports {@code graph} and {@code wire}; start at {@link
 * dev.trestle.translation.harness.HarnessFusion}.
 */
@NullMarked
package dev.trestle.translation.harness;

import org.jspecify.annotations.NullMarked;
