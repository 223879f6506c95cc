package dev.trestle.runner.checkpoint;

import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What steps are called in the rows of keyed state, where names would take too much room: a step
 * that has a number keeps it as long as the job lives, through all changes of its pipeline, and
 * nobody else gets it. Immutable.
 */
public final class OperatorNumbers {

  private static final String PREFIX = "operator.";
  private static final int MOST = 1 << Short.SIZE;

  /** No step has a number. */
  public static final OperatorNumbers NONE = new OperatorNumbers(Map.of());

  private final Map<String, Integer> byStep;

  private OperatorNumbers(Map<String, Integer> byStep) {
    this.byStep = byStep;
  }

  /**
   * The numbers that a manifest's properties tell of.
   *
   * @throws IllegalArgumentException if one of them is not a number
   */
  public static OperatorNumbers of(Map<String, String> properties) {
    Map<String, Integer> byStep = new TreeMap<>();
    properties.forEach(
        (name, value) -> {
          if (name.startsWith(PREFIX)) {
            byStep.put(name.substring(PREFIX.length()), Integer.valueOf(value));
          }
        });
    return new OperatorNumbers(byStep);
  }

  /**
   * These, and numbers for steps that have none: from the least that is free, by their names.
   *
   * @throws IllegalArgumentException if there are more than 65,536
   */
  public OperatorNumbers with(Collection<String> steps) {
    Map<String, Integer> all = new TreeMap<>(byStep);
    Set<Integer> taken = new HashSet<>(byStep.values());
    int next = 0;
    for (String step : new TreeSet<>(steps)) {
      if (!all.containsKey(step)) {
        while (!taken.add(next)) {
          next++;
        }
        all.put(step, next);
      }
    }
    if (next >= MOST) {
      throw new IllegalArgumentException("A job has at most " + MOST + " steps with state");
    }
    return new OperatorNumbers(all);
  }

  /**
   * The number of a step, 0 to 65,535.
   *
   * @throws IllegalArgumentException if it has none
   */
  public int of(String step) {
    Integer number = byStep.get(step);
    if (number == null) {
      throw new IllegalArgumentException("No number for the state of " + step);
    }
    return number;
  }

  /** All numbers, by the names of their steps. */
  public Map<String, Integer> byStep() {
    return Collections.unmodifiableMap(byStep);
  }

  /** The numbers of those steps that have one. */
  public Set<Integer> ofAll(Collection<String> steps) {
    Set<Integer> numbers = new HashSet<>();
    for (String step : steps) {
      Integer number = byStep.get(step);
      if (number != null) {
        numbers.add(number);
      }
    }
    return numbers;
  }

  /** As {@link #of(Map)} reads them. */
  public Map<String, String> properties() {
    Map<String, String> properties = new TreeMap<>();
    byStep.forEach((step, number) -> properties.put(PREFIX + step, String.valueOf(number)));
    return properties;
  }
}
