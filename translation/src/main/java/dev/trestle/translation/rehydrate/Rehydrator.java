package dev.trestle.translation.rehydrate;

import dev.trestle.translation.graph.Collection;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.IsBounded;
import org.apache.beam.model.pipeline.v1.RunnerApi.MergeStatus;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.util.construction.RehydratedComponents;
import org.apache.beam.sdk.util.construction.TestStreamTranslation;
import org.apache.beam.sdk.values.WindowingStrategy;

/**
 * The SDK objects behind the component ids of one pipeline; equal ids give the same object.
 *
 * <p>Confined to one thread.
 */
public final class Rehydrator {
  private final RunnerApi.Components protos;
  private final RehydratedComponents objects;
  private final Map<String, Collection> collections = new HashMap<>();
  private final Map<String, WindowingStrategy<?, ?>> windowings = new HashMap<>();

  public Rehydrator(RunnerApi.Components protos) {
    this.protos = protos;
    this.objects = RehydratedComponents.forComponents(protos);
  }

  /** The collection of an id of the proto. */
  public Collection collection(String id) throws IOException {
    Collection known = collections.get(id);
    if (known != null) {
      return known;
    }
    RunnerApi.PCollection proto = protos.getPcollectionsOrThrow(id);
    Collection collection =
        new Collection(
            id,
            coder(proto.getCoderId()),
            windowing(proto.getWindowingStrategyId()),
            proto.getIsBounded() != IsBounded.Enum.UNBOUNDED);
    collections.put(id, collection);
    return collection;
  }

  public Coder<?> coder(String id) throws IOException {
    return objects.getCoder(id);
  }

  /** The script of a {@link TestStream}. */
  public TestStream<?> testStream(RunnerApi.TestStreamPayload payload) throws IOException {
    return TestStreamTranslation.testStreamFromProtoPayload(payload, objects);
  }

  /**
   * The windowing strategy of an id of the proto.
   *
   * <p>Beam's own translation forgets {@code merge_status}; without it a second grouping would
   * merge sessions that are merged already.
   */
  public WindowingStrategy<?, ?> windowing(String id) throws IOException {
    WindowingStrategy<?, ?> known = windowings.get(id);
    if (known != null) {
      return known;
    }
    MergeStatus.Enum status = protos.getWindowingStrategiesOrThrow(id).getMergeStatus();
    WindowingStrategy<?, ?> windowing =
        objects
            .getWindowingStrategy(id)
            .withAlreadyMerged(status == MergeStatus.Enum.ALREADY_MERGED);
    windowings.put(id, windowing);
    return windowing;
  }
}
