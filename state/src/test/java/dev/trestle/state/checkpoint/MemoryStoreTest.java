package dev.trestle.state.checkpoint;

/** The store of the simulation keeps the contract, too. */
class MemoryStoreTest extends CheckpointStoreContract {

  @Override
  protected CheckpointStore newStore() {
    return new MemoryStore();
  }

  @Override
  protected CheckpointStore again(CheckpointStore store) {
    return store;
  }
}
