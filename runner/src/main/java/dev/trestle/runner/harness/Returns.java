package dev.trestle.runner.harness;

/** Takes up what bundles bring back besides elements, in order. Belongs to the task's owner. */
interface Returns {

  void timers(Arrival.Timers timers);

  void split(Arrival.Split split);

  /** Takes up the end of a bundle, whose elements have all been handed on. */
  void done(Arrival.Done done);
}
