/**
 * Pipelines to start from. Each is a class with a {@code main} that runs on any Beam runner and a
 * {@code build} that hands out the pipeline unrun.
 *
 * <p>Only the Beam SDK may be imported here. Start reading at {@link
 * dev.trestle.examples.WordCount}.
 */
@NullMarked
package dev.trestle.examples;

import org.jspecify.annotations.NullMarked;
