package dev.trestle.server.environment;

import org.apache.beam.sdk.transforms.DoFn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts out what it gets, logs some of it, and dies of some. Goes to workers of other processes in a
 * jar.
 */
public final class Echo extends DoFn<String, String> {

  static final String DEADLY = "die";
  static final String LOGGED = "log";

  private static final Logger LOG = LoggerFactory.getLogger(Echo.class);

  private static final long serialVersionUID = 1L;

  @ProcessElement
  public void process(@Element String element, OutputReceiver<String> out) {
    if (element.equals(DEADLY)) {
      Runtime.getRuntime().halt(3);
    }
    if (element.equals(LOGGED)) {
      LOG.warn("There is {}", element, new IllegalStateException("a cause"));
    }
    out.output(element);
  }
}
