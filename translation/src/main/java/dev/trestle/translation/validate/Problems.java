package dev.trestle.translation.validate;

import java.util.ArrayList;
import java.util.List;

/** Collects the problems of one pipeline. Confined to one thread. */
public final class Problems {
  /** Stands for the whole pipeline where a transform's name is expected. */
  public static final String PIPELINE = "pipeline";

  private final List<Problem> problems = new ArrayList<>();
  private final List<Throwable> causes = new ArrayList<>();

  public void add(String where, String feature, String remedy) {
    problems.add(new Problem(where, feature, remedy));
  }

  public void add(String where, String feature, String remedy, Throwable cause) {
    add(where, feature, remedy);
    causes.add(cause);
  }

  /**
   * Ends the collection.
   *
   * @throws UnsupportedPipelineException if there is any problem
   */
  public void throwIfAny() {
    if (!problems.isEmpty()) {
      UnsupportedPipelineException refusal = new UnsupportedPipelineException(problems);
      causes.forEach(refusal::addSuppressed);
      throw refusal;
    }
  }
}
