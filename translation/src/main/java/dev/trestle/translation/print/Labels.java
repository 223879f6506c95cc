package dev.trestle.translation.print;

import dev.trestle.translation.graph.DoFnSpec;
import dev.trestle.translation.graph.Edge;
import dev.trestle.translation.graph.Step;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.util.NameUtils;

/** Short words for the things in a graph. */
final class Labels {
  /** Not for instances. */
  private Labels() {}

  /** The kind of a step and, where it has one, the class of its fn or source. */
  static String step(Step step) {
    String kind = step.getClass().getSimpleName();
    String detail = detail(step);
    return detail.isEmpty() ? kind : kind + "(" + detail + ")";
  }

  private static String detail(Step step) {
    if (step instanceof Step.BoundedRead read) {
      return name(read.source());
    } else if (step instanceof Step.UnboundedRead read) {
      return name(read.source());
    } else if (step instanceof Step.AssignWindows assign) {
      return name(assign.windowFn());
    } else if (step instanceof Step.ParDo parDo) {
      return fn(parDo.fn());
    } else if (step instanceof Step.StatefulParDo parDo) {
      return fn(parDo.fn());
    } else if (step instanceof Step.ProcessSizedElements process) {
      return fn(process.fn());
    } else if (step instanceof Step.CombinePerKey combine) {
      return name(combine.combineFn()) + (combine.lifted() ? ", lifted" : "");
    } else if (step instanceof Step.View view) {
      return accessPattern(view.materialization());
    }
    return "";
  }

  /** {@code iterable} of {@code beam:side_input:iterable:v1}. */
  private static String accessPattern(String urn) {
    String[] parts = urn.split(":", -1);
    return parts[parts.length - 2];
  }

  private static String fn(DoFnSpec fn) {
    return name(fn.template());
  }

  private static String name(Object object) {
    return NameUtils.approximateSimpleName(object);
  }

  static String kind(Edge edge) {
    return edge.kind().name().toLowerCase(Locale.ROOT);
  }

  /** {@code Kv(StringUtf8,Iterable(VarLong))}: class names without package and common ending. */
  static String coder(Coder<?> coder) {
    String full = coder.getClass().getName();
    String name = full.substring(full.lastIndexOf('.') + 1).replaceAll("Coder$", "");
    return coder.getCoderArguments().isEmpty()
        ? name
        : coder.getCoderArguments().stream()
            .map(Labels::coder)
            .collect(Collectors.joining(",", name + "(", ")"));
  }
}
