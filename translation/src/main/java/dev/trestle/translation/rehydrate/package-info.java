/**
 * From protos back to SDK objects: coders, windowing strategies, combine fns; and what has to be
 * done to protos before. Imports {@code graph} only; start at {@link
 * dev.trestle.translation.rehydrate.Rehydrator}.
 */
@NullMarked
package dev.trestle.translation.rehydrate;

import org.jspecify.annotations.NullMarked;
