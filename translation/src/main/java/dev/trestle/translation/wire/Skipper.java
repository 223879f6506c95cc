package dev.trestle.translation.wire;

import java.io.IOException;
import java.io.Serializable;

/**
 * The layout of a coder of the model, as far as it tells where an encoded value ends. Immutable;
 * its serialized form is a part of what tells whether a checkpoint can be read.
 */
interface Skipper extends Serializable {

  /**
   * Reads one value, nested context.
   *
   * @throws IOException if the bytes are no such value
   */
  void skip(WireInput in) throws IOException;
}
