package dev.trestle.translation.validate;

import java.io.Serializable;

/**
 * One reason why a pipeline cannot run.
 *
 * @param where the transform's full name, or "pipeline"
 * @param feature what is asked for and not there
 * @param remedy what the author can do
 */
public record Problem(String where, String feature, String remedy) implements Serializable {

  @Override
  public String toString() {
    return where + ": " + feature + "; " + remedy;
  }
}
