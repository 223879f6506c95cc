package dev.trestle.runner.assembly;

import org.jspecify.annotations.Nullable;

/**
 * What a job is to go on from.
 *
 * @param required whether it must not begin anew
 * @param savepoint the place of a savepoint, of this job or another; null for the job's own newest
 *     checkpoint
 */
record Resumption(boolean required, @Nullable String savepoint) {

  /** From its own newest checkpoint, if there is one. */
  static final Resumption BY_ITSELF = new Resumption(false, null);
}
