/**
 * Whether a pipeline can go on with what another one has left in a checkpoint. {@link
 * dev.trestle.runner.compatibility.PipelineDescriber} says of a graph what matters for that, {@link
 * dev.trestle.runner.compatibility.Compatibility} compares two such descriptions; start reading
 * there. Imports the graph and the format of checkpoints, and nothing of the engine.
 */
@NullMarked
package dev.trestle.runner.compatibility;

import org.jspecify.annotations.NullMarked;
