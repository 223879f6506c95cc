package dev.trestle.translation.wire;

import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.rehydrate.Rehydrator;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.Components;
import org.apache.beam.model.pipeline.v1.RunnerApi.ComponentsOrBuilder;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.model.pipeline.v1.RunnerApi.IsBounded;
import org.apache.beam.model.pipeline.v1.RunnerApi.MergeStatus;
import org.apache.beam.model.pipeline.v1.RunnerApi.PCollection;
import org.apache.beam.model.pipeline.v1.RunnerApi.TestStreamPayload;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.transforms.windowing.WindowMappingFn;
import org.apache.beam.sdk.util.construction.ModelCoders;
import org.apache.beam.sdk.util.construction.RehydratedComponents;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.apache.beam.sdk.util.construction.Timer;
import org.apache.beam.sdk.util.construction.WindowingStrategyTranslation;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind the component ids of one pipeline where elements are not decoded. The
 * counterpart of {@link Rehydrator}; confined to one thread.
 */
public final class WireComponents {
  /** The window fns that are the same in every SDK. */
  private static final Set<String> KNOWN_WINDOW_FNS =
      Set.of(
          WindowingStrategyTranslation.GLOBAL_WINDOWS_URN,
          WindowingStrategyTranslation.FIXED_WINDOWS_URN,
          WindowingStrategyTranslation.SLIDING_WINDOWS_URN,
          WindowingStrategyTranslation.SESSION_WINDOWS_URN);

  private final Components.Builder protos;
  private final Rehydrator rehydrator;
  private final Predicate<Environment> thisJvm;
  private final WireCoders coders;
  private final Map<String, Collection> collections = new HashMap<>();
  private final Map<String, WindowingStrategy<?, ?>> windowings = new HashMap<>();

  /**
   * Components.
   *
   * @param protos of the pipeline
   * @param rehydrator of the same pipeline
   * @param thisJvm whether the fns of an environment can be called in this JVM
   */
  public WireComponents(Components protos, Rehydrator rehydrator, Predicate<Environment> thisJvm) {
    this.protos = protos.toBuilder();
    this.rehydrator = rehydrator;
    this.thisJvm = thisJvm;
    this.coders = new WireCoders(this.protos);
  }

  /** The collection of an id of the proto, of {@link Encoded} elements or KVs of them. */
  public Collection collection(String id) throws IOException {
    Collection known = collections.get(id);
    if (known != null) {
      return known;
    }
    PCollection proto = protos.getPcollectionsOrThrow(id);
    Collection collection =
        new Collection(
            id,
            coders.elements(coders.wire(proto.getCoderId())),
            windowing(proto.getWindowingStrategyId()),
            proto.getIsBounded() != IsBounded.Enum.UNBOUNDED);
    collections.put(id, collection);
    return collection;
  }

  private WindowingStrategy<?, ?> windowing(String id) throws IOException {
    WindowingStrategy<?, ?> known = windowings.get(id);
    if (known != null) {
      return known;
    }
    RunnerApi.WindowingStrategy proto = protos.getWindowingStrategiesOrThrow(id);
    WindowingStrategy<?, ?> windowing = isKnown(proto) ? rehydrator.windowing(id) : opaque(proto);
    windowings.put(id, windowing);
    return windowing;
  }

  private boolean isKnown(RunnerApi.WindowingStrategy proto) {
    return KNOWN_WINDOW_FNS.contains(proto.getWindowFn().getUrn())
        || thisJvm.test(
            protos.getEnvironmentsOrDefault(
                proto.getEnvironmentId(), Environment.getDefaultInstance()));
  }

  private WindowingStrategy<?, ?> opaque(RunnerApi.WindowingStrategy proto) throws IOException {
    RunnerApi.WindowingStrategy.Builder global = proto.toBuilder();
    global.getWindowFnBuilder().setUrn(WindowingStrategyTranslation.GLOBAL_WINDOWS_URN);
    MergeStatus.Enum status = proto.getMergeStatus();
    return WindowingStrategyTranslation.fromProto(
            global.build(), RehydratedComponents.forComponents(Components.getDefaultInstance()))
        .withWindowFn(
            new OpaqueWindowFn(
                proto.getWindowFn().getUrn(),
                status != MergeStatus.Enum.NON_MERGING,
                coders.windows(coders.wireWindow(proto.getWindowCoderId()))))
        .withAlreadyMerged(status == MergeStatus.Enum.ALREADY_MERGED);
  }

  /** The id of the coder of a collection's elements on the wire. */
  public String coderId(String collection) {
    return coders.wire(protos.getPcollectionsOrThrow(collection).getCoderId());
  }

  /**
   * A collection that differs from another one by its id, and by the coder of its elements.
   *
   * @param coderId on the wire
   */
  public Collection collectionLike(String collection, String id, String coderId)
      throws IOException {
    Collection like = collection(collection);
    return new Collection(id, coders.elements(coderId), like.windowing(), like.bounded());
  }

  /**
   * The id of the coder of a port: of elements with timestamp, windows and pane.
   *
   * @param coderId of the elements alone, on the wire
   */
  public String portCoderId(String collection, String coderId) {
    String windowing = protos.getPcollectionsOrThrow(collection).getWindowingStrategyId();
    return coders.windowedValue(coderId, coders.wireWindow(windowCoderId(windowing)));
  }

  /** A collection as the workers know it, its elements coded as on the wire. */
  public PCollection wiredCollection(String id) {
    return protos.getPcollectionsOrThrow(id).toBuilder().setCoderId(coderId(id)).build();
  }

  /**
   * A collection as a worker may be told of it. Where its elements are windowed values themselves,
   * Beam's worker for Java takes their coder for one of elements with all that goes with them: that
   * is what it gets then.
   */
  public PCollection told(String id, PCollection collection) {
    return coders.urn(collection.getCoderId()).equals(ModelCoders.WINDOWED_VALUE_CODER_URN)
        ? collection.toBuilder().setCoderId(portCoderId(id, collection.getCoderId())).build()
        : collection;
  }

  /** A windowing strategy as the workers know it, its windows coded as on the wire. */
  public RunnerApi.WindowingStrategy wiredWindowing(String id) {
    return protos.getWindowingStrategiesOrThrow(id).toBuilder()
        .setWindowCoderId(coders.wireWindow(windowCoderId(id)))
        .build();
  }

  private String windowCoderId(String windowing) {
    return protos.getWindowingStrategiesOrThrow(windowing).getWindowCoderId();
  }

  /**
   * The id of a coder of timers on the wire.
   *
   * @throws IllegalArgumentException if the coder is none of timers
   */
  public String timerCoderId(String id) {
    return coders.wireTimer(id);
  }

  /** Reads and writes timers whose keys stay encoded. */
  public Coder<Timer<Encoded>> timers(String timerCoderId, Collection input) {
    Coder<BoundedWindow> windowCoder = input.windowCoder();
    return Timer.Coder.of(coders.encoded(coders.component(timerCoderId, 0)), windowCoder);
  }

  /**
   * The id of the coder, on the wire, of what is grouped by key.
   *
   * @throws IllegalArgumentException if the groups are not coded as such
   */
  public String ungroupedCoderId(String groups) {
    return coders.ungrouped(coderId(groups));
  }

  /** Reads and writes what {@link Encoded} elements stand for, as it is on the wire. */
  public Coder<?> objects(String coderId) throws IOException {
    return RehydratedComponents.forComponents(protos.build()).getCoder(coderId);
  }

  /** Whether all elements of a collection are in the global window. */
  public boolean isInGlobalWindow(String collection) throws IOException {
    return collection(collection).windowing().getWindowFn() instanceof GlobalWindows;
  }

  /**
   * How SDKs map other windows to those of a collection unless told; null where only an SDK knows.
   */
  public @Nullable WindowMappingFn<?> standardMapping(String collection) throws IOException {
    WindowFn<?, ?> windowFn = collection(collection).windowing().getWindowFn();
    return windowFn instanceof OpaqueWindowFn || !windowFn.isNonMerging()
        ? null
        : windowFn.getDefaultWindowMappingFn();
  }

  /**
   * Adds the collection of what an SDK is asked to find out which windows of another collection
   * merge, and returns its id.
   */
  public String addWindowsToMerge(String collection, String environment) throws IOException {
    return addGlobal(
        "trestle:merge:" + collection, environment, coders.windowsToMerge(windowOf(collection)));
  }

  /** Adds the collection of the SDK's answers, and returns its id. */
  public String addMergedWindows(String collection, String environment) throws IOException {
    return addGlobal(
        "trestle:merged:" + collection, environment, coders.mergedWindows(windowOf(collection)));
  }

  /**
   * Adds a collection of pairs of any bytes and a window of another collection, of which an SDK
   * maps one to the other, and returns its id.
   */
  public String addWindowToMap(String collection, String environment) throws IOException {
    return addGlobal(
        "trestle:map:" + collection, environment, coders.windowToMap(windowOf(collection)));
  }

  /** Adds a collection of what an SDK keeps in its state, and returns its id. */
  public String addValues(String coderId, String environment) throws IOException {
    return addGlobal("trestle:values:" + coderId, environment, coderId);
  }

  /** The id of the coder of a port that takes values of a coder with nothing around them. */
  public String bareValueCoderId(String coderId) {
    return coders.bareValue(coderId);
  }

  /** The id of the coder of a port that hands out values in the global window, with a length. */
  public String prefixedValueCoderId(String coderId) {
    return coders.windowedValue(coders.prefixed(coderId), coders.globalWindow());
  }

  private String windowOf(String collection) {
    String windowing = protos.getPcollectionsOrThrow(collection).getWindowingStrategyId();
    return coders.wireWindow(windowCoderId(windowing));
  }

  /** Adds a collection in the global window. */
  private String addGlobal(String id, String environment, String coderId) throws IOException {
    String global = "trestle:global:" + environment;
    SdkComponents own = SdkComponents.create();
    own.registerEnvironment(protos.getEnvironmentsOrThrow(environment));
    protos.putWindowingStrategies(
        global,
        WindowingStrategyTranslation.toProto(WindowingStrategy.globalDefault(), own).toBuilder()
            .setWindowCoderId(coders.globalWindow())
            .setEnvironmentId(environment)
            .build());
    protos.putPcollections(
        id,
        PCollection.newBuilder()
            .setUniqueName(id)
            .setCoderId(coderId)
            .setIsBounded(IsBounded.Enum.BOUNDED)
            .setWindowingStrategyId(global)
            .build());
    return id;
  }

  /** The script of a test stream whose elements stay encoded. */
  public TestStream<?> testStream(TestStreamPayload payload) throws IOException {
    String coder = payload.getCoderId();
    return new ScriptElements(coder, protos, coders)
        .read(payload, coders.elements(coders.wire(coder)));
  }

  /** The proto, with the coders that have been asked for. */
  public ComponentsOrBuilder protos() {
    return protos;
  }
}
