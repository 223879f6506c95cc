package dev.trestle.runner.harness;

/** Expects nothing back but elements. */
record NothingElse(String transform) implements Returns {

  @Override
  public void timers(Arrival.Timers timers) {
    throw new HarnessException(transform, "its worker sets timers that nobody knows");
  }

  @Override
  public void split(Arrival.Split split) {
    throw new HarnessException(transform, "its worker has split a bundle without being asked");
  }

  @Override
  public void done(Arrival.Done done) {
    if (done.response().getResidualRootsCount() > 0) {
      throw new HarnessException(transform, "its worker leaves work undone that cannot be put off");
    }
  }
}
