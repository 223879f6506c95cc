package dev.trestle.runner;

import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.PInput;
import org.apache.beam.sdk.values.POutput;

/**
 * Another transform, expanded where this one stands and not asked whether it is valid.
 *
 * <p>Some transforms ask for the name of the runner's class and refuse those that they do not know,
 * Trestle's with them. Of these, {@code KafkaIO}'s exactly-once sink ({@code withEOS}) needs what
 * Trestle gives in a job with {@code --checkpointDir}: elements that are stable before they are
 * written, and state that is restored together with them.
 *
 * <pre>{@code
 * records.apply(Unvalidated.of(KafkaIO.<K, V>writeRecords(). ... .withEOS(4, "sink-of-this-job")));
 * }</pre>
 *
 * <p>A transform that this one expands to is validated as ever: of {@code KafkaIO.write()} the part
 * to wrap is {@code getWriteRecordsTransform()}.
 */
public final class Unvalidated<InputT extends PInput, OutputT extends POutput>
    extends PTransform<InputT, OutputT> {

  private static final long serialVersionUID = 1L;

  private final PTransform<InputT, OutputT> transform;

  private Unvalidated(PTransform<InputT, OutputT> transform) {
    super(transform.getName());
    this.transform = transform;
  }

  /** Wraps a transform, under its own name. */
  public static <InputT extends PInput, OutputT extends POutput> Unvalidated<InputT, OutputT> of(
      PTransform<InputT, OutputT> transform) {
    return new Unvalidated<>(transform);
  }

  @Override
  public OutputT expand(InputT input) {
    return transform.expand(input);
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder.delegate(transform);
  }
}
