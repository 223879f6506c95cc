package dev.trestle.benchmarks;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The command line of a benchmark: its own {@code --name=value} arguments, then {@code --}, then
 * those of the pipeline.
 */
public final class Arguments {
  private final Map<String, String> values = new HashMap<>();
  private final List<String> pipeline = new ArrayList<>();
  private final Set<String> asked = new HashSet<>();

  public Arguments(String... args) {
    boolean own = true;
    for (String arg : args) {
      if (!own) {
        pipeline.add(arg);
      } else if (arg.equals("--")) {
        own = false;
      } else if (arg.startsWith("--") && arg.indexOf('=') > 2) {
        values.put(arg.substring(2, arg.indexOf('=')), arg.substring(arg.indexOf('=') + 1));
      } else {
        throw new IllegalArgumentException("expected --name=value, found " + arg);
      }
    }
  }

  public String required(String name) {
    String value = optional(name, "");
    if (value.isEmpty()) {
      throw new IllegalArgumentException("--" + name + "=... is missing");
    }
    return value;
  }

  public String optional(String name, String otherwise) {
    asked.add(name);
    return values.getOrDefault(name, otherwise);
  }

  public long number(String name, long otherwise) {
    String value = optional(name, Long.toString(otherwise));
    try {
      long number = Long.parseLong(value);
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      // Reported below, as numbers out of range are.
    }
    throw new IllegalArgumentException("--" + name + " takes a positive number, not " + value);
  }

  public boolean flag(String name) {
    return Boolean.parseBoolean(optional(name, "false"));
  }

  /** Fails for an argument that nobody asked for: call it when all have been read. */
  public void refuseOthers() {
    for (String name : values.keySet()) {
      if (!asked.contains(name)) {
        throw new IllegalArgumentException("unknown argument --" + name);
      }
    }
  }

  /** The arguments after {@code --}. */
  public String[] pipeline() {
    return pipeline.toArray(new String[0]);
  }
}
