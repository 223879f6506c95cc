package dev.trestle.runner.exchange;

import java.util.Collection;
import org.apache.beam.sdk.coders.Coder;

/** Values that are kept encoded, so that whoever writes them need not decode them first. */
public interface EncodedSequence extends Collection<Object> {

  /** What encodes each of them. */
  Coder<Object> coder();

  /** Writes the encodings, one behind the other. */
  void writeTo(ByteSink target);
}
