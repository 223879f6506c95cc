/**
 * The commands, and what they share: reading a pipeline's options, following a job, telling what
 * went wrong. May import the runner and the examples.
 */
@NullMarked
package dev.trestle.server.cli;

import org.jspecify.annotations.NullMarked;
