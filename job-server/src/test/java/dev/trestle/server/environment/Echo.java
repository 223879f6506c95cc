package dev.trestle.server.environment;

import org.apache.beam.sdk.transforms.DoFn;

/** Puts out what it gets, and dies of some of it. Goes to workers of other processes in a jar. */
public final class Echo extends DoFn<String, String> {

  static final String DEADLY = "die";

  private static final long serialVersionUID = 1L;

  @ProcessElement
  public void process(@Element String element, OutputReceiver<String> out) {
    if (element.equals(DEADLY)) {
      Runtime.getRuntime().halt(3);
    }
    out.output(element);
  }
}
