package dev.trestle.runner.compatibility;

import dev.trestle.runner.compatibility.CompatibilityReport.Loss;
import dev.trestle.runner.compatibility.Part.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Compares the pipeline that a checkpoint is of with one that is to go on from it. Facts in,
 * decision out; no I/O.
 *
 * <ul>
 *   <li>A step that is in both goes on if each of its parts is the same.
 *   <li>One that is gone loses its state, if the checkpoint has any of it.
 *   <li>One that is new begins anew, whatever the others do.
 *   <li>State cells and timers that are new begin empty. A cell that is gone is kept unread until
 *       its window expires, so that bringing it back brings back its contents. A timer that is gone
 *       is a loss: it would fire, and nobody knows how to take it.
 * </ul>
 */
public final class Compatibility {

  private Compatibility() {}

  /**
   * Compares.
   *
   * @param before the pipeline of the checkpoint
   * @param withState steps that the checkpoint has records or rows of
   */
  public static CompatibilityReport compare(
      PipelineDescription before, PipelineDescription now, Set<String> withState) {
    List<Loss> losses = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    for (StepDescription step : before.steps()) {
      if (withState.contains(step.name())) {
        List<String> reasons = new ArrayList<>();
        Optional<StepDescription> next = now.step(step.name());
        if (next.isEmpty()) {
          reasons.add("it is not in the pipeline any more");
        } else {
          compare(step, next.get(), reasons, notes);
        }
        if (!reasons.isEmpty()) {
          losses.add(new Loss(step.name(), reasons));
        }
      }
    }
    Set<String> begunAnew = new TreeSet<>();
    for (StepDescription step : now.steps()) {
      if (before.step(step.name()).isEmpty()) {
        begunAnew.add(step.name());
      }
    }
    return new CompatibilityReport(losses, notes, begunAnew);
  }

  private static void compare(
      StepDescription before, StepDescription now, List<String> reasons, List<String> notes) {
    for (Part part : before.parts()) {
      Optional<Part> next = now.counterpart(part);
      if (next.isPresent()) {
        if (!next.get().identity().equals(part.identity())) {
          reasons.add(changed(part, next.get()));
        }
      } else if (part.role() == Role.STATE) {
        notes.add(
            before.name() + ": its " + part.title() + " is not declared any more; it stays unread");
      } else {
        reasons.add("its " + part.title() + " was " + part.text() + " and is gone");
      }
    }
    for (Part part : now.parts()) {
      if (part.role() != Role.STATE
          && part.role() != Role.TIMER
          && before.counterpart(part).isEmpty()) {
        reasons.add("its " + part.title() + " is new");
      }
    }
  }

  private static String changed(Part before, Part now) {
    return before.text().equals(now.text())
        ? "its " + before.title() + ", " + now.text() + ", has changed inside"
        : "its " + before.title() + " was " + before.text() + " and is " + now.text();
  }
}
