package dev.trestle.translation.wire;

import static org.apache.beam.sdk.util.construction.ModelCoders.BYTES_CODER_URN;
import static org.apache.beam.sdk.util.construction.ModelCoders.CUSTOM_WINDOW_CODER_URN;
import static org.apache.beam.sdk.util.construction.ModelCoders.GLOBAL_WINDOW_CODER_URN;
import static org.apache.beam.sdk.util.construction.ModelCoders.INTERVAL_WINDOW_CODER_URN;
import static org.apache.beam.sdk.util.construction.ModelCoders.ITERABLE_CODER_URN;
import static org.apache.beam.sdk.util.construction.ModelCoders.KV_CODER_URN;
import static org.apache.beam.sdk.util.construction.ModelCoders.LENGTH_PREFIX_CODER_URN;
import static org.apache.beam.sdk.util.construction.ModelCoders.PARAM_WINDOWED_VALUE_CODER_URN;
import static org.apache.beam.sdk.util.construction.ModelCoders.TIMER_CODER_URN;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.Components;
import org.apache.beam.model.pipeline.v1.RunnerApi.FunctionSpec;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow.IntervalWindowCoder;
import org.apache.beam.sdk.util.construction.ModelCoders;
import org.apache.beam.sdk.values.WindowedValues.ParamWindowedValueCoder;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/**
 * The coders of one pipeline as runner and SDKs use them between each other: wherever a coder is
 * not one of the model's, its values have their length in front. The model's own are left as they
 * are, wherever they stand, or SDKs would not agree on them. Confined to one thread.
 */
final class WireCoders {
  private static final Set<String> WINDOWS =
      Set.of(GLOBAL_WINDOW_CODER_URN, INTERVAL_WINDOW_CODER_URN, CUSTOM_WINDOW_CODER_URN);

  private final Components.Builder protos;
  private final Map<String, String> wired = new HashMap<>();
  private final Set<String> open = new HashSet<>();
  private final Map<RunnerApi.Coder, String> ids = new HashMap<>();

  /**
   * Coders.
   *
   * @param protos gets the coders that are needed in addition
   */
  WireCoders(Components.Builder protos) {
    this.protos = protos;
    new TreeMap<>(protos.getCodersMap()).forEach((id, coder) -> ids.putIfAbsent(coder, id));
  }

  /**
   * The id of the coder that stands for another on the wire; the same where they do not differ.
   *
   * @throws IllegalArgumentException if there is no such coder, or it consists of itself
   */
  String wire(String id) {
    String known = wired.get(id);
    if (known != null) {
      return known;
    }
    if (!open.add(id)) {
      throw new IllegalArgumentException("Malformed pipeline: coder " + id + " consists of itself");
    }
    String result = rewrite(id, protos.getCodersOrThrow(id));
    open.remove(id);
    wired.put(id, result);
    return result;
  }

  private String rewrite(String id, RunnerApi.Coder coder) {
    if (!SkipperFactory.knows(coder, protos)) {
      return prefixed(id);
    }
    if (coder.getSpec().getUrn().equals(LENGTH_PREFIX_CODER_URN)) {
      return id;
    }
    List<String> components = coder.getComponentCoderIdsList().stream().map(this::wire).toList();
    return components.equals(coder.getComponentCoderIdsList())
        ? id
        : add(
            id + "/wire",
            coder.toBuilder().clearComponentCoderIds().addAllComponentCoderIds(components).build());
  }

  /**
   * The id of the coder of windows on the wire. Windows that only their SDK knows are preceded by
   * their maximum timestamp.
   */
  String wireWindow(String id) {
    String wire = wire(id);
    return WINDOWS.contains(urn(wire))
        ? wire
        : add(id + "/custom_window", model(CUSTOM_WINDOW_CODER_URN, List.of(wire)));
  }

  /**
   * The id of a coder of timers on the wire.
   *
   * @throws IllegalArgumentException if the coder is none of timers
   */
  String wireTimer(String id) {
    if (!urn(id).equals(TIMER_CODER_URN)) {
      throw new IllegalArgumentException("timers are coded by " + urn(id));
    }
    List<String> components = List.of(wire(component(id, 0)), wireWindow(component(id, 1)));
    return add(id + "/wire", model(TIMER_CODER_URN, components));
  }

  /** The id of the coder of what an SDK is asked which windows merge. */
  String windowsToMerge(String window) {
    String bytes = add("trestle:bytes", model(BYTES_CODER_URN, List.of()));
    return pair(bytes, iterable(window));
  }

  /** The id of the coder of what the SDK answers. */
  String mergedWindows(String window) {
    String bytes = add("trestle:bytes", model(BYTES_CODER_URN, List.of()));
    String windows = iterable(window);
    return pair(bytes, pair(windows, iterable(pair(window, windows))));
  }

  /** The id of the coder of a window of which an SDK is asked, and of one that it answers. */
  String windowToMap(String window) {
    return pair(add("trestle:bytes", model(BYTES_CODER_URN, List.of())), window);
  }

  /** The id of the coder of values in front of which there is their length, known or not. */
  String prefixed(String id) {
    return add(id + "/length_prefix", model(LENGTH_PREFIX_CODER_URN, List.of(id)));
  }

  /** The id of the coder of elements in the global window of which only the value is written. */
  String bareValue(String id) {
    byte[] rest =
        ParamWindowedValueCoder.getPayload(ParamWindowedValueCoder.of(ByteArrayCoder.of()));
    return add(
        id + "/bare",
        RunnerApi.Coder.newBuilder()
            .setSpec(
                FunctionSpec.newBuilder()
                    .setUrn(PARAM_WINDOWED_VALUE_CODER_URN)
                    .setPayload(ByteString.copyFrom(rest)))
            .addComponentCoderIds(id)
            .addComponentCoderIds(globalWindow())
            .build());
  }

  /** The id of the coder of the global window. */
  String globalWindow() {
    return add("trestle:global_window", model(GLOBAL_WINDOW_CODER_URN, List.of()));
  }

  private String pair(String key, String value) {
    return add("trestle:" + key + " and " + value, model(KV_CODER_URN, List.of(key, value)));
  }

  private String iterable(String element) {
    return add("trestle:several " + element, model(ITERABLE_CODER_URN, List.of(element)));
  }

  /** The id of the coder of elements with all that goes with them. */
  String windowedValue(String wireCoder, String wireWindowCoder) {
    return add(
        wireCoder + "/windowed/" + wireWindowCoder,
        ModelCoders.windowedValueCoder(wireCoder, wireWindowCoder));
  }

  /**
   * The id of the coder of elements whose groups are of another one.
   *
   * @throws IllegalArgumentException if that is not a coder of groups
   */
  String ungrouped(String id) {
    if (!urn(id).equals(KV_CODER_URN) || !urn(component(id, 1)).equals(ITERABLE_CODER_URN)) {
      throw new IllegalArgumentException("groups are coded by " + format(id));
    }
    List<String> components = List.of(component(id, 0), component(component(id, 1), 0));
    return add(id + "/ungrouped", model(KV_CODER_URN, components));
  }

  private static RunnerApi.Coder model(String urn, List<String> components) {
    return RunnerApi.Coder.newBuilder()
        .setSpec(FunctionSpec.newBuilder().setUrn(urn))
        .addAllComponentCoderIds(components)
        .build();
  }

  /** Adds a coder, under a name that nobody else has, unless there is an equal one. */
  private String add(String name, RunnerApi.Coder coder) {
    String known = ids.get(coder);
    if (known != null) {
      return known;
    }
    String id = name;
    for (int i = 1; protos.containsCoders(id); i++) {
      id = name + i;
    }
    protos.putCoders(id, coder);
    ids.put(coder, id);
    return id;
  }

  /**
   * Reads elements of a coder of the wire: {@link Encoded} ones, or KVs of them. A value that is an
   * iterable is read as one, and so are its elements: values that are grouped become an iterable of
   * what they were.
   */
  Coder<?> elements(String wire) {
    if (!urn(wire).equals(KV_CODER_URN)) {
      return encoded(wire);
    }
    return KvCoder.of(encoded(component(wire, 0)), values(component(wire, 1)));
  }

  private Coder<?> values(String wire) {
    return urn(wire).equals(ITERABLE_CODER_URN)
        ? IterableCoder.of(values(component(wire, 0)))
        : encoded(wire);
  }

  /** Reads windows of a coder of the wire: intervals, or {@link OpaqueWindow}s. */
  @SuppressWarnings("unchecked") // a coder of windows of one kind meets no others
  Coder<BoundedWindow> windows(String wire) {
    Coder<? extends BoundedWindow> coder;
    if (urn(wire).equals(INTERVAL_WINDOW_CODER_URN)) {
      coder = IntervalWindowCoder.of();
    } else if (urn(wire).equals(GLOBAL_WINDOW_CODER_URN)) {
      coder = GlobalWindow.Coder.INSTANCE;
    } else {
      coder = new OpaqueWindowCoder(encoded(wire));
    }
    return (Coder<BoundedWindow>) coder;
  }

  /** Reads values of a coder of the wire as they are. */
  EncodedCoder encoded(String wire) {
    return new EncodedCoder(format(wire), SkipperFactory.of(wire, protos));
  }

  /** Whether a coder, as the pipeline has it, is one of the model's. */
  boolean knows(String id) {
    return SkipperFactory.knows(protos.getCodersOrThrow(id), protos);
  }

  String urn(String id) {
    return protos.getCodersOrThrow(id).getSpec().getUrn();
  }

  /**
   * The id of a part of a coder.
   *
   * @throws IllegalArgumentException if the coder does not have so many
   */
  String component(String id, int index) {
    return SkipperFactory.component(protos.getCodersOrThrow(id), index);
  }

  private String format(String id) {
    RunnerApi.Coder coder = protos.getCodersOrThrow(id);
    String name = coder.getSpec().getUrn().replaceFirst("^beam:coders?:", "");
    List<String> parts = new ArrayList<>();
    if (SkipperFactory.knows(coder, protos)) {
      coder.getComponentCoderIdsList().forEach(part -> parts.add(format(part)));
    }
    return name.replaceFirst(":v1$", "")
        + (parts.isEmpty() ? "" : "(" + String.join(",", parts) + ")");
  }
}
