/**
 * The files that a job's workers need: taken from the client, kept once each by their content,
 * given to workers. What clients call them is never a path. Start reading at {@link
 * dev.trestle.server.artifacts.ArtifactStore}; imports nothing else of the server.
 */
@NullMarked
package dev.trestle.server.artifacts;

import org.jspecify.annotations.NullMarked;
