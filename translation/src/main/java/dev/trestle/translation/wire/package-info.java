/**
 * Elements of other SDKs, which stay encoded. A coder here reads as many bytes as make an element,
 * and writes them as they are; to know how many, it knows the layout of the model's coders, and of
 * nothing else: whatever an SDK has invented gets a length in front. {@link
 * dev.trestle.translation.wire.ElementText} shows elements to people. Imports {@code graph} and
 * {@code rehydrate}; start at {@link dev.trestle.translation.wire.WireComponents}.
 */
@NullMarked
package dev.trestle.translation.wire;

import org.jspecify.annotations.NullMarked;
