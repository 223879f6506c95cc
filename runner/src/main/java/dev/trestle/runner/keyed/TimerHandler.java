package dev.trestle.runner.keyed;

import org.apache.beam.runners.core.TimerInternals.TimerData;

/** Takes a timer that fires; the timer's key has been made the current one. */
public interface TimerHandler {
  void onTimer(TimerData timer);
}
