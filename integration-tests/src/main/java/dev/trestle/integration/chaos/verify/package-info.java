/**
 * What should have come out, computed from the topic of events by other means than the job's, and
 * what did. Uses nothing of the job. Start reading at {@link
 * dev.trestle.integration.chaos.verify.Verification}.
 */
@NullMarked
package dev.trestle.integration.chaos.verify;

import org.jspecify.annotations.NullMarked;
