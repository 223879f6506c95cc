/**
 * The job that is killed: from a topic of events, exactly once, to a topic of results. Start
 * reading at {@link dev.trestle.integration.chaos.job.ChaosJob}.
 */
@NullMarked
package dev.trestle.integration.chaos.job;

import org.jspecify.annotations.NullMarked;
