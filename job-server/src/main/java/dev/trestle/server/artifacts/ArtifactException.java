package dev.trestle.server.artifacts;

/** An artifact cannot be taken: it is too large, or is not what it is said to be. */
public final class ArtifactException extends Exception {

  private static final long serialVersionUID = 1L;

  ArtifactException(String message) {
    super(message);
  }
}
