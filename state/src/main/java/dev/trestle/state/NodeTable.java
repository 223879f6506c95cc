package dev.trestle.state;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A hash table whose entries are its nodes: one object where {@code HashMap} needs two, which
 * counts when there is a table for every key of a job, with mostly one entry. Starts with a single
 * bucket. Not thread safe.
 *
 * @param <N> the class of nodes
 */
public final class NodeTable<N extends NodeTable.Node> {

  /** An entry: extended by what is to be found under the key. In one table at most. */
  public abstract static class Node {

    private final Object key;
    private final int hash;
    private @Nullable Node next;

    protected Node(Object key) {
      this.key = key;
      hash = key.hashCode();
    }

    /** The key, which must not change. */
    public final Object key() {
      return key;
    }
  }

  /** Spreads hashes that differ in any bits over the upper ones. */
  private static final int SPREAD = 0x9e3779b9;

  private @Nullable Node[] buckets = new @Nullable Node[1];

  /** How many bits of a spread hash do not choose the bucket; 32 stands for one bucket. */
  private int shift = Integer.SIZE;

  private int size;

  public int size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /** The node with this key, or null. */
  public @Nullable N find(Object key) {
    int hash = key.hashCode();
    for (Node node = buckets[bucket(hash)]; node != null; node = node.next) {
      if (node.hash == hash && (node.key == key || node.key.equals(key))) {
        return cast(node);
      }
    }
    return null;
  }

  /** Adds a node whose key is not there. */
  public void add(N node) {
    if (size >= buckets.length) {
      grow();
    }
    link(node);
    size++;
  }

  /** Removes a node that is there. */
  public void remove(N node) {
    int bucket = bucket(hashOf(node));
    Node before = null;
    for (Node at = buckets[bucket]; at != null; at = at.next) {
      if (at == node) {
        if (before == null) {
          buckets[bucket] = at.next;
        } else {
          before.next = at.next;
        }
        at.next = null;
        size--;
        return;
      }
      before = at;
    }
    throw new IllegalStateException("Not in this table: " + node.key());
  }

  /** Hands every node to {@code action}, which must not change the table. */
  public void forEach(Consumer<? super N> action) {
    for (Node first : buckets) {
      for (Node node = first; node != null; node = node.next) {
        action.accept(cast(node));
      }
    }
  }

  private int bucket(int hash) {
    return shift == Integer.SIZE ? 0 : (hash * SPREAD) >>> shift;
  }

  private void grow() {
    @Nullable Node[] old = buckets;
    shift = old.length == 1 ? Integer.SIZE - 2 : shift - 1;
    buckets = new @Nullable Node[1 << (Integer.SIZE - shift)];
    for (Node first : old) {
      Node node = first;
      while (node != null) {
        Node next = node.next;
        link(node);
        node = next;
      }
    }
  }

  private void link(Node node) {
    int bucket = bucket(node.hash);
    node.next = buckets[bucket];
    buckets[bucket] = node;
  }

  private static int hashOf(Node node) {
    return node.hash;
  }

  @SuppressWarnings("unchecked") // only nodes of this class are added
  private N cast(Node node) {
    return (N) node;
  }
}
