package dev.trestle.state.checkpoint;

/** The store of the simulation keeps the contract, too. */
class MemoryStoreTest extends CheckpointStoreContract {

  @Override
  CheckpointStore newStore() {
    return new MemoryStore();
  }

  @Override
  CheckpointStore again(CheckpointStore store) {
    return store;
  }
}
