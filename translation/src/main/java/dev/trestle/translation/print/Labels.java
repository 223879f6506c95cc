package dev.trestle.translation.print;

import dev.trestle.translation.graph.DoFnSpec;
import dev.trestle.translation.graph.Edge;
import dev.trestle.translation.graph.HarnessSpec;
import dev.trestle.translation.graph.Step;
import dev.trestle.translation.wire.EncodedCoder;
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
    } else if (step instanceof Step.Harness harness) {
      return harness(harness.spec());
    } else if (step instanceof Step.View view) {
      return part(view.materialization());
    }
    return "";
  }

  /** What runs where: {@code docker, 3 transforms}. */
  private static String harness(HarnessSpec spec) {
    int ports = 1 + spec.outputPorts().size();
    int transforms = spec.descriptor().getTransformsCount() - ports;
    return part(spec.environment().getUrn())
        + ", "
        + (transforms == 1 ? "1 transform" : transforms + " transforms");
  }

  /** {@code iterable} of {@code beam:side_input:iterable:v1}. */
  private static String part(String urn) {
    String[] parts = urn.split(":", -1);
    return parts.length < 2 ? urn : parts[parts.length - 2];
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

  /**
   * {@code Kv(StringUtf8,Iterable(VarLong))}: class names without package and common ending. What
   * stays encoded has the names of the model: {@code Kv(string_utf8,varint)}.
   */
  static String coder(Coder<?> coder) {
    if (coder instanceof EncodedCoder) {
      return coder.toString();
    }
    String full = coder.getClass().getName();
    String name = full.substring(full.lastIndexOf('.') + 1).replaceAll("Coder$", "");
    return coder.getCoderArguments().isEmpty()
        ? name
        : coder.getCoderArguments().stream()
            .map(Labels::coder)
            .collect(Collectors.joining(",", name + "(", ")"));
  }
}
