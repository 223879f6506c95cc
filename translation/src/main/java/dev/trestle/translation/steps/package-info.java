/**
 * Steps before fusion: which step reads the outputs of which. Written by the translators of {@code
 * transform}, read by {@code fusion}. Imports {@code graph} only; start at {@link
 * dev.trestle.translation.steps.StepGraph}.
 */
@NullMarked
package dev.trestle.translation.steps;

import org.jspecify.annotations.NullMarked;
