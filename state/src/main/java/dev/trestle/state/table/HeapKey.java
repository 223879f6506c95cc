package dev.trestle.state.table;

/** A key that has values, with its namespaces. */
final class HeapKey extends NodeTable.Node {

  final NodeTable<HeapCells> namespaces = new NodeTable<>();

  HeapKey(Object key) {
    super(key);
  }
}
