package dev.trestle.runner.dofn;

import dev.trestle.runner.operator.Receiver;
import dev.trestle.translation.graph.DoFnSpec;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.schemas.SchemaCoder;
import org.apache.beam.sdk.transforms.DoFn.MultiOutputReceiver;
import org.apache.beam.sdk.transforms.DoFn.OutputReceiver;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TupleTag;
import org.jspecify.annotations.Nullable;

/**
 * All outputs of an operator, by tag. Tags are few, and the author's tag is nearly always the very
 * object that the spec holds, unless the spec was deserialised: a scan beats a hash map.
 */
final class TaggedOutputs implements MultiOutputReceiver {

  private final DoFnSpec spec;
  private final TupleTag<?>[] tags;
  private final OutputPort[] ports;
  private final @Nullable RowPort[] rowPorts;
  private final OutputPort main;

  /**
   * Outputs.
   *
   * @param receivers in the order of the spec's tags
   */
  TaggedOutputs(
      DoFnSpec spec, Receiver[] receivers, CurrentElement current, TimestampBounds bounds) {
    this.spec = spec;
    tags = spec.outputTags().toArray(new TupleTag<?>[0]);
    if (receivers.length != tags.length) {
      throw new IllegalArgumentException(
          receivers.length + " receivers for the outputs " + spec.outputTags());
    }
    ports = new OutputPort[tags.length];
    for (int i = 0; i < ports.length; i++) {
      ports[i] = new OutputPort(current, receivers[i], bounds);
    }
    rowPorts = new @Nullable RowPort[tags.length];
    main = ports[0];
  }

  OutputPort main() {
    return main;
  }

  /**
   * The output with a tag.
   *
   * @throws IllegalArgumentException for a tag that is not an output of the transform
   */
  OutputPort port(TupleTag<?> tag) {
    return ports[index(tag)];
  }

  @SuppressWarnings("ReferenceEquality") // tried first because it nearly always answers
  private int index(TupleTag<?> tag) {
    for (int i = 0; i < tags.length; i++) {
      if (tags[i] == tag) {
        return i;
      }
    }
    for (int i = 0; i < tags.length; i++) {
      if (tags[i].equals(tag)) {
        return i;
      }
    }
    throw new IllegalArgumentException("Unknown output tag " + tag);
  }

  @Override
  @SuppressWarnings("unchecked") // an output takes what its tag says
  public <T> OutputReceiver<T> get(TupleTag<T> tag) {
    return (OutputReceiver<T>) port(tag);
  }

  @Override
  public <T> OutputReceiver<Row> getRowReceiver(TupleTag<T> tag) {
    return rows(index(tag));
  }

  /** The main output, written to as rows. */
  OutputReceiver<Row> mainRows() {
    return rows(0);
  }

  private RowPort rows(int index) {
    RowPort rows = rowPorts[index];
    if (rows == null) {
      Coder<?> coder = spec.outputCoders().get(tags[index]);
      if (!(coder instanceof SchemaCoder<?> schemaCoder)) {
        throw new IllegalStateException(
            "Output " + tags[index] + " must have a schema to be written to as rows");
      }
      rows = new RowPort(ports[index], schemaCoder);
      rowPorts[index] = rows;
    }
    return rows;
  }
}
