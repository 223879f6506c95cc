/**
 * Pipelines that a job server runs: how they are submitted, and the job as its author sees it.
 * Start reading at {@link dev.trestle.runner.remote.JobServerClient}. Imports {@code engine} for
 * what a job that runs is, and {@code metrics}.
 */
@NullMarked
package dev.trestle.runner.remote;

import org.jspecify.annotations.NullMarked;
