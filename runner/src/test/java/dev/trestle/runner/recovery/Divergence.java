package dev.trestle.runner.recovery;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** What a job that crashed has done is not what it does when nothing disturbs it. */
public final class Divergence extends Exception {

  private static final int MOST_NAMED = 10;

  Divergence(String where, Throwable cause) {
    super(where + ": " + rootOf(cause), cause);
  }

  private static Throwable rootOf(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  Divergence(String where, Map<String, String> expected, Map<String, String> found) {
    super(where + ": " + differences(expected, found));
  }

  private static String differences(Map<String, String> expected, Map<String, String> found) {
    List<String> differences = new ArrayList<>();
    TreeSet<String> names = new TreeSet<>(expected.keySet());
    names.addAll(found.keySet());
    for (String name : names) {
      String wanted = expected.getOrDefault(name, "missing");
      String got = found.getOrDefault(name, "missing");
      if (!wanted.equals(got)) {
        differences.add(name + " is " + got + " instead of " + wanted);
      }
    }
    int more = differences.size() - MOST_NAMED;
    return String.join("; ", differences.subList(0, Math.min(MOST_NAMED, differences.size())))
        + (more > 0 ? "; and " + more + " more" : "");
  }
}
