package dev.trestle.server.cli;

/** How a command ends. */
public final class ExitCodes {
  public static final int DONE = 0;

  /** The pipeline ran and failed. */
  public static final int FAILED = 1;

  /** Nothing ran: the command line, the input, the output or the pipeline is at fault. */
  public static final int REFUSED = 2;

  /** The job was cancelled, by an interrupt. */
  public static final int INTERRUPTED = 130;

  private ExitCodes() {}
}
