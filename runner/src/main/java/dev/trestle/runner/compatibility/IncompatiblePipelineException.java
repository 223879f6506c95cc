package dev.trestle.runner.compatibility;

/** A pipeline cannot go on from a checkpoint without losing state, and the user has not agreed. */
public final class IncompatiblePipelineException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public IncompatiblePipelineException(String checkpoint, CompatibilityReport report) {
    super(
        String.format(
            "The pipeline has changed since %s was taken, and state of %d of its steps would be"
                + " lost:%n%s%n"
                + "Give these steps their old names, coders and windows; or say --allowStateLoss,"
                + " and the job goes on without their state",
            checkpoint, report.losses().size(), report.describeLosses()));
  }
}
