/**
 * SDK workers, as those see them who have work for one: register a descriptor, begin a bundle, send
 * elements, be told what comes back. The Fn API behind it (control, data, state, logging,
 * provisioning) is served here, too. May be imported by {@code harness}, and by those who start
 * jobs and end them; knows nothing of tasks and operators, nor of how workers are started.
 *
 * <p>Who has work for workers starts at {@link dev.trestle.runner.worker.SdkWorkers}, who starts
 * them at {@link dev.trestle.runner.worker.WorkerServer}. No thread of gRPC's ever waits: what
 * cannot be written yet is queued ({@code Outbox}), what is read is handed on at once ({@code
 * GrpcBundle}).
 */
@NullMarked
package dev.trestle.runner.worker;

import org.jspecify.annotations.NullMarked;
