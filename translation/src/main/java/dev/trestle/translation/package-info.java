/**
 * From a Beam pipeline to the operator graph that an engine executes. Nothing here runs a pipeline
 * or starts a thread.
 *
 * <p>{@code transform} makes steps of transforms: with the help of {@code rehydrate} of those that
 * are called in this JVM, with that of {@code harness} and {@code wire} of those of other SDKs.
 * {@code fusion} makes stages of steps, {@code graph} is the result, {@code print} shows it. Start
 * reading at {@link dev.trestle.translation.PipelineTranslator}.
 */
@NullMarked
package dev.trestle.translation;

import org.jspecify.annotations.NullMarked;
