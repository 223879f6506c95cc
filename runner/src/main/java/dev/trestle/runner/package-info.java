/**
 * What users touch: the runner, its options, its result. Start reading at {@link
 * dev.trestle.runner.TrestleRunner}; {@code assembly} turns the operator graph into operators,
 * {@code engine} runs them.
 */
@NullMarked
package dev.trestle.runner;

import org.jspecify.annotations.NullMarked;
