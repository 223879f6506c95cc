package dev.trestle.server.cli;

import java.io.ObjectInputFilter;
import java.io.ObjectInputFilter.Status;

/**
 * Keeps this process from reading serialized Java objects. To read one is to run code, whose author
 * may be anybody that can submit a pipeline; the server has no need to, for what is serialized in
 * pipelines is for their workers.
 */
final class SerialFilter {

  private SerialFilter() {}

  /** From now on; a filter of the user's own ({@code jdk.serialFilter}) stays instead. */
  static void rejectAll() {
    if (ObjectInputFilter.Config.getSerialFilter() == null) {
      ObjectInputFilter.Config.setSerialFilter(
          found -> found.serialClass() == null ? Status.UNDECIDED : Status.REJECTED);
    }
  }
}
