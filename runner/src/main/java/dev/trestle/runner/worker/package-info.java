/**
 * SDK workers, as those see them who have work for one: register a descriptor, begin a bundle, send
 * elements, be told what comes back. The Fn API behind it (control, data, state, logging,
 * provisioning) is served here, too. May be imported by {@code harness}, and by those who start
 * jobs and end them; knows nothing of tasks and operators. Start at {@link
 * dev.trestle.runner.worker.SdkWorkers}.
 */
@NullMarked
package dev.trestle.runner.worker;

import org.jspecify.annotations.NullMarked;
