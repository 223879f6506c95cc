package dev.trestle.server.jobs;

/** There is no such job, or it has been forgotten. */
public final class NoSuchJobException extends RuntimeException {

  private static final long serialVersionUID = 1L;
  private static final int SHOWN = 100;

  NoSuchJobException(String id) {
    super("There is no job '" + (id.length() > SHOWN ? id.substring(0, SHOWN) : id) + "'");
  }
}
