package dev.trestle.state.table;

import dev.trestle.state.KeyGroupRange;

class HeapStateBackendTest extends KeyedTableContract {

  @Override
  KeyedStateBackend newBackend(KeyGroupRange range) {
    return new HeapStateBackend(range);
  }
}
