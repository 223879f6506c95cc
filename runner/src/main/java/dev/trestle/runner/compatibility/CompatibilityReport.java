package dev.trestle.runner.compatibility;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What becomes of the steps of a checkpoint in another pipeline.
 *
 * @param losses steps whose state would be lost or could not be read
 * @param notes what is worth a word and no loss
 * @param begunAnew steps that the checkpoint does not know
 */
public record CompatibilityReport(List<Loss> losses, List<String> notes, Set<String> begunAnew) {

  /** A checkpoint of the same pipeline. */
  public static final CompatibilityReport SAME =
      new CompatibilityReport(List.of(), List.of(), Set.of());

  /**
   * A step that cannot go on with its state.
   *
   * @param reasons at least one; each a clause
   */
  public record Loss(String step, List<String> reasons) {

    public Loss {
      reasons = List.copyOf(reasons);
    }
  }

  public CompatibilityReport {
    losses = List.copyOf(losses);
    notes = List.copyOf(notes);
    begunAnew = Set.copyOf(begunAnew);
  }

  /** The steps whose state is left out if the job goes on all the same. */
  public Set<String> lost() {
    return losses.stream().map(Loss::step).collect(Collectors.toUnmodifiableSet());
  }

  /** The losses, a line each. */
  public String describeLosses() {
    return losses.stream()
        .map(loss -> "  " + loss.step() + ": " + String.join("; ", loss.reasons()))
        .collect(Collectors.joining("\n"));
  }
}
