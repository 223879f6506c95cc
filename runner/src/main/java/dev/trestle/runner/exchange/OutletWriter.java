package dev.trestle.runner.exchange;

/** A writer to one {@link Outlet}; how it gathers and chooses a target is up to its subclass. */
abstract sealed class OutletWriter implements EdgeWriter
    permits BroadcastEdgeWriter, KeyedEdgeWriter, RebalancingEdgeWriter {

  final Outlet outlet;

  OutletWriter(Outlet outlet) {
    this.outlet = outlet;
  }

  @Override
  public final void broadcast(StreamItem item) {
    flush();
    outlet.broadcast(item);
  }

  @Override
  public final boolean isAboveMark() {
    return outlet.isAboveMark();
  }

  @Override
  public final void relieve() {
    outlet.relieve();
  }
}
