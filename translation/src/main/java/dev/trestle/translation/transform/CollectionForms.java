package dev.trestle.translation.transform;

import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.HarnessSpec;
import dev.trestle.translation.graph.HarnessSpec.Inquiry;
import dev.trestle.translation.graph.Step;
import dev.trestle.translation.graph.TransformName;
import dev.trestle.translation.harness.HarnessSpecs;
import dev.trestle.translation.harness.InquirySpecs;
import dev.trestle.translation.rehydrate.Rehydrator;
import dev.trestle.translation.steps.Entry;
import dev.trestle.translation.steps.StepGraphBuilder;
import dev.trestle.translation.steps.Vertex.Port;
import dev.trestle.translation.transform.Found.Role;
import dev.trestle.translation.wire.WireComponents;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.beam.model.pipeline.v1.RunnerApi.TestStreamPayload;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.util.construction.PTransformTranslation;

/**
 * The collections of a pipeline in the forms that its transforms want to see. What an SDK harness
 * writes stays encoded, also behind what the runner only passes on; what is written in this JVM are
 * objects. Who wants the other gets it by a {@link Step.Recode}.
 *
 * <p>The bytes of an element depend on the coder of its collection, and a flatten may have another
 * one than what is flattened. Only an SDK harness can write the same element in both ways, so it is
 * kept in mind in which ones its collections are read.
 */
final class CollectionForms {
  private final Rehydrator objects;
  private final WireComponents wire;
  private final StepGraphBuilder steps;
  private final boolean anySdk;

  /** Whether the pipeline is this JVM's own, which has the classes of its elements. */
  private final boolean builtHere;

  private final Map<String, Found> writers = new HashMap<>();

  /** Ids of the environments of SDKs. */
  private final Set<String> sdks = new TreeSet<>();

  private final Map<String, Boolean> encoded = new HashMap<>();
  private final Map<String, Collection> converted = new HashMap<>();
  private final Map<String, Set<String>> wanted = new HashMap<>();

  /**
   * All collections of a pipeline.
   *
   * @param found all transforms
   * @param steps get what is needed to convert elements
   */
  CollectionForms(
      List<Found> found, Rehydrator objects, WireComponents wire, StepGraphBuilder steps) {
    this.objects = objects;
    this.wire = wire;
    this.steps = steps;
    anySdk = found.stream().anyMatch(one -> one.role() == Role.SDK);
    boolean anyHere = false;
    for (Found one : found) {
      one.proto().getOutputsMap().values().forEach(output -> writers.put(output, one));
      if (one.role() == Role.SDK) {
        sdks.add(one.proto().getEnvironmentId());
      }
      anyHere |= one.role() == Role.OBJECTS && !one.proto().getEnvironmentId().isEmpty();
    }
    builtHere = anyHere;
  }

  /** Whether the elements of a collection are encoded when they are written. */
  boolean isEncoded(String id) {
    Boolean known = anySdk ? encoded.putIfAbsent(id, false) : Boolean.FALSE;
    if (known != null) {
      return known; // also where a collection depends on itself, which others find out
    }
    Found writer = writers.get(id);
    boolean result = writer != null && isEncodedBy(writer);
    encoded.put(id, result);
    return result;
  }

  private boolean isEncodedBy(Found writer) {
    return switch (writer.role()) {
      case SDK -> true;
      case PASSES_ON ->
          writer.proto().getInputsCount() == 0
              ? !builtHere && !writer.urn().equals(PTransformTranslation.IMPULSE_TRANSFORM_URN)
              : writer.proto().getInputsMap().values().stream().anyMatch(this::isEncoded);
      case OBJECTS, UNKNOWN -> false;
    };
  }

  /** The collection as it is written. */
  Collection written(String id) throws IOException {
    return isEncoded(id) ? wire.collection(id) : objects.collection(id);
  }

  /** A collection whose elements are objects. */
  Collection readObjects(String id) throws IOException {
    if (!isEncoded(id)) {
      return objects.collection(id);
    }
    Collection known = converted.get(id);
    if (known == null) {
      String coderId = wire.coderId(id);
      Collection bytes = readEncoded(id, coderId);
      known = renamed(objects.collection(id), id + "/decoded");
      recode(id, bytes, bytes.coder(), wire.objects(coderId), known);
      converted.put(id, known);
    }
    return known;
  }

  /** A collection whose elements are encoded, by its own coder. */
  Collection readEncoded(String id) throws IOException {
    return readEncoded(id, wire.coderId(id));
  }

  /**
   * A collection whose elements are encoded.
   *
   * @param coderId how, on the wire
   * @throws IllegalArgumentException if that cannot be had
   */
  Collection readEncoded(String id, String coderId) throws IOException {
    String own = wire.coderId(id);
    Found writer = writers.get(id);
    if (writer != null && writer.role() == Role.SDK) {
      wanted.computeIfAbsent(id, any -> new TreeSet<>()).add(coderId);
      return encodedBy(id, coderId);
    }
    if (isEncoded(id) && own.equals(coderId)) {
      return wire.collection(id);
    }
    Collection result = encodedBy(id, coderId);
    if (isEncoded(id) && result.coder().equals(wire.collection(id).coder())) {
      return wire.collection(id);
    }
    if (converted.putIfAbsent(result.id(), result) == null) {
      if (!isEncoded(id)) {
        recode(id, objects.collection(id), wire.objects(coderId), result.coder(), result);
      } else if (writer != null
          && writer.urn().equals(PTransformTranslation.FLATTEN_TRANSFORM_URN)) {
        flatten(writer, coderId, result);
      } else {
        recodeElsewhere(id, coderId, result);
      }
    }
    return result;
  }

  private void flatten(Found flatten, String coderId, Collection output) throws IOException {
    List<String> inputs = new ArrayList<>();
    for (String input : flatten.proto().getInputsMap().values()) {
      inputs.add(readEncoded(input, coderId).id());
    }
    steps.flatten(flatten.name(), inputs, new Port("out", output));
  }

  /** Has elements that the runner passes on written in another way by the SDK that reads them. */
  private void recodeElsewhere(String id, String coderId, Collection to) throws IOException {
    Collection from = wire.collection(id);
    if (sdks.size() != 1) {
      throw new IllegalArgumentException(
          "elements of "
              + id
              + " are coded by "
              + from.coder()
              + ", but are to be read by "
              + to.coder()
              + ", and it is not known which of "
              + sdks.size()
              + " SDKs has both coders");
    }
    HarnessSpec spec = new HarnessSpecs(wire).recoding(id, coderId, sdks.iterator().next());
    steps.step(
        Entry.FUSED, new Step.Harness(recoding(id, to), from, spec), from, new Port("out", to));
  }

  private void recode(String id, Collection from, Coder<?> writer, Coder<?> reader, Collection to) {
    steps.step(
        Entry.FUSED,
        new Step.Recode(recoding(id, to), from, writer, reader),
        from,
        new Port("out", to));
  }

  /** The name of what recodes a collection. */
  private TransformName recoding(String id, Collection to) {
    Found source = writers.get(id);
    return new TransformName(to.id(), source == null ? id : source.name().fullName());
  }

  /** Who merges the windows of a collection, which only an SDK can merge. */
  Inquiry merging(String id) throws IOException {
    return new InquirySpecs(wire).merging(id);
  }

  /** The script of a test stream whose elements are encoded. */
  TestStream<?> encodedScript(TestStreamPayload payload) throws IOException {
    return wire.testStream(payload);
  }

  /** The coders by which a collection that a harness writes is read, on the wire. */
  Set<String> wantedCoders(String id) {
    return wanted.getOrDefault(id, Set.of());
  }

  /** A collection under the id that tells by which coder it is encoded. */
  Collection encodedBy(String id, String coderId) throws IOException {
    boolean asWritten = isEncoded(id) && wire.coderId(id).equals(coderId);
    return asWritten
        ? wire.collection(id)
        : wire.collectionLike(id, id + " as " + coderId, coderId);
  }

  private static Collection renamed(Collection collection, String id) {
    return new Collection(id, collection.coder(), collection.windowing(), collection.bounded());
  }
}
