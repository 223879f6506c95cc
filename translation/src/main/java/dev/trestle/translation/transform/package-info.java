/**
 * From transforms to steps: one translator per URN, found through {@link
 * dev.trestle.translation.transform.Translators}. Imports {@code graph}, {@code rehydrate}, {@code
 * steps} and {@code validate}; start at {@link dev.trestle.translation.transform.TransformWalk}.
 */
@NullMarked
package dev.trestle.translation.transform;

import org.jspecify.annotations.NullMarked;
