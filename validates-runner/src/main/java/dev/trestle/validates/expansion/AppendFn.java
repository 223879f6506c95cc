package dev.trestle.validates.expansion;

import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.PCollectionView;

/** Appends what is in a side input. */
final class AppendFn extends DoFn<String, String> {
  private static final long serialVersionUID = 1;

  private final PCollectionView<String> suffix;

  AppendFn(PCollectionView<String> suffix) {
    this.suffix = suffix;
  }

  @ProcessElement
  public void process(@Element String element, OutputReceiver<String> out, ProcessContext context) {
    out.output(element + context.sideInput(suffix));
  }
}
