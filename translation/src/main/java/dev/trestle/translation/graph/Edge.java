package dev.trestle.translation.graph;

/**
 * A channel between the tasks of two stages.
 *
 * @param id position in {@link OperatorGraph#edges()}
 * @param from producing stage
 * @param to consuming stage; always greater than {@code from}
 * @param collection what the consumer reads; its coder encodes the elements. On a broadcast edge an
 *     element is a whole pane of a side input, an iterable
 */
public record Edge(int id, Kind kind, int from, int to, Collection collection) {

  /** How elements find their task. */
  public enum Kind {
    /** By key group of the element's encoded key; elements are {@code KV}s. */
    KEYED,
    /** Any task: elements are spread evenly. */
    REBALANCE,
    /**
     * Any task, and elements travel as they do within a stage: fusion would have removed the edge,
     * but a stage cannot read what it makes.
     */
    FORWARD,
    /** Every task: the panes of a side input. */
    BROADCAST
  }
}
