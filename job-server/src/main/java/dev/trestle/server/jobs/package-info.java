/**
 * The jobs that the server has: a durable table of them, the life of each, and how they begin again
 * when the server does. Start reading at {@link dev.trestle.server.jobs.Jobs}. Imports {@code
 * artifacts}, {@code environment} for its workers, and the runner; knows nothing of how clients
 * reach it.
 */
@NullMarked
package dev.trestle.server.jobs;

import org.jspecify.annotations.NullMarked;
