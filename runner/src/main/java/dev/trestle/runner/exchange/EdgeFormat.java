package dev.trestle.runner.exchange;

import dev.trestle.translation.graph.Edge;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.jspecify.annotations.Nullable;

/**
 * How the elements of an edge travel. An element is split into key and value where the edge is
 * keyed. Each of the two travels as an object where its coder's round trip is the identity, else as
 * bytes, encoded once. On a forward edge all elements are objects, as within a stage.
 *
 * @param keyCoder null where the edge is not keyed
 * @param keyByObject whether keys travel and compare as objects
 * @param valueByObject whether values travel as objects
 */
public record EdgeFormat(
    @Nullable Coder<Object> keyCoder,
    Coder<Object> valueCoder,
    boolean keyByObject,
    boolean valueByObject) {

  /** The format for an edge. */
  @SuppressWarnings("unchecked") // elements of a collection fit its coder
  public static EdgeFormat of(Edge edge) {
    Coder<?> coder = edge.collection().coder();
    if (edge.kind() == Edge.Kind.KEYED) {
      KvCoder<Object, Object> kv = (KvCoder<Object, Object>) coder;
      return new EdgeFormat(
          kv.getKeyCoder(),
          kv.getValueCoder(),
          IdentityCoders.comparesAsObject(kv.getKeyCoder()),
          IdentityCoders.isIdentity(kv.getValueCoder()));
    }
    boolean byObject = edge.kind() == Edge.Kind.FORWARD || IdentityCoders.isIdentity(coder);
    return new EdgeFormat(null, (Coder<Object>) coder, false, byObject);
  }

  /**
   * Whether a coder gives back exactly what it was given, an immutable value, so that its elements
   * may be shared.
   */
  public static boolean isIdentity(Coder<?> coder) {
    return IdentityCoders.isIdentity(coder);
  }

  /** Whether keys of a coder are equal as objects exactly when they are equal as bytes. */
  public static boolean comparesAsObject(Coder<?> keyCoder) {
    return IdentityCoders.comparesAsObject(keyCoder);
  }

  /** Whether elements are {@code KV}s, split into key and value. */
  public boolean keyed() {
    return keyCoder != null;
  }
}
