package dev.trestle.benchmarks.submissions;

import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;

/** Takes texts for numbers. */
final class FailingSum extends PTransform<PCollection<String>, PCollection<Long>> {

  private static final long serialVersionUID = 1L;

  @Override
  public PCollection<Long> expand(PCollection<String> texts) {
    return texts.apply(MapElements.into(TypeDescriptors.longs()).via(Long::parseLong));
  }
}
