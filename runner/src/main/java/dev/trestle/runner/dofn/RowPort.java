package dev.trestle.runner.dofn;

import org.apache.beam.sdk.schemas.SchemaCoder;
import org.apache.beam.sdk.transforms.DoFn.OutputReceiver;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.OutputBuilder;
import org.apache.beam.sdk.values.Row;
import org.joda.time.Instant;

/** One output of an operator, written to as rows that are turned into the output's own type. */
final class RowPort implements OutputReceiver<Row> {

  private final OutputPort port;
  private final SerializableFunction<Row, ?> fromRow;

  RowPort(OutputPort port, SchemaCoder<?> coder) {
    this.port = port;
    fromRow = coder.getFromRowFunction();
  }

  @Override
  public void output(Row row) {
    port.output(fromRow.apply(row));
  }

  @Override
  public void outputWithTimestamp(Row row, Instant timestamp) {
    port.outputWithTimestamp(fromRow.apply(row), timestamp);
  }

  @Override
  public OutputBuilder<Row> builder(Row row) {
    return port.current()
        .builder(row)
        .setReceiver(
            built -> port.outputWindowedValue(built.withValue(fromRow.apply(built.getValue()))));
  }
}
