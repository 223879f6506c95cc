/**
 * From transforms to steps: one translator per URN, found through {@link
 * dev.trestle.translation.transform.Translators}. Imports {@code graph}, {@code harness}, {@code
 * rehydrate}, {@code steps}, {@code validate} and {@code wire}; start at {@link
 * dev.trestle.translation.transform.TransformWalk}.
 */
@NullMarked
package dev.trestle.translation.transform;

import org.jspecify.annotations.NullMarked;
