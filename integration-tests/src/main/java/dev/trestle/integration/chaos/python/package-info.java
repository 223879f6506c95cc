/**
 * A job of Python's that reads and writes Kafka through a job server, whose processes are killed.
 * Start reading at {@link dev.trestle.integration.chaos.python.PythonChaos}.
 */
@NullMarked
package dev.trestle.integration.chaos.python;

import org.jspecify.annotations.NullMarked;
