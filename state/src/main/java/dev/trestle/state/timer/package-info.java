/**
 * What waits for a time: {@link TimerQueue} for timers, {@link HoldTracker} for watermark holds.
 */
@NullMarked
package dev.trestle.state.timer;

import org.jspecify.annotations.NullMarked;
