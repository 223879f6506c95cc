package dev.trestle.runner.worker;

import static dev.trestle.runner.worker.Descriptors.INPUT;
import static dev.trestle.runner.worker.RecordedBundle.PATIENCE_SECONDS;
import static dev.trestle.runner.worker.RecordedBundle.take;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.LogEntry;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleDescriptor;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleSplitRequest.DesiredSplit;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleSplitResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateAppendResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateClearResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateGetResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateKey;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateResponse;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The server and Beam's own worker for Java. */
final class JavaHarnessTest {

  private static final String ID = "java-1";

  /** What DoFns do outside; they run in this process. */
  private static final List<String> FINALIZED = new ArrayList<>();

  private static volatile CountDownLatch reached = new CountDownLatch(0);
  private static volatile CountDownLatch goOn = new CountDownLatch(0);

  private final BlockingQueue<LogEntry> log = new LinkedBlockingQueue<>();
  private WorkerServer server;
  private WorkerConnection connection;
  private InProcessHarness harness;

  @BeforeEach
  void start() throws IOException {
    server = WorkerServer.start();
    connection =
        server.expect(
            ID,
            new WorkerProvision(Struct.getDefaultInstance(), List.of(), Map.of()),
            ArtifactSource.NONE,
            log::add);
  }

  private SdkWorker start(boolean logs) throws Exception {
    harness = new InProcessHarness(connection, logs);
    return connection.connected().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() throws Exception {
    connection.close();
    harness.awaitEnd();
    server.close();
  }

  private static <T> ByteString encoded(Coder<T> coder, List<T> values) throws IOException {
    ByteString.Output bytes = ByteString.newOutput();
    Coder<WindowedValue<T>> windowed = windowed(coder);
    for (T value : values) {
      windowed.encode(WindowedValues.valueInGlobalWindow(value), bytes);
    }
    return bytes.toByteString();
  }

  private static <T> List<T> decoded(Coder<T> coder, List<ByteString> pieces) throws IOException {
    List<T> values = new ArrayList<>();
    for (ByteString piece : pieces) {
      InputStream bytes = piece.newInput();
      while (bytes.available() > 0) {
        values.add(windowed(coder).decode(bytes).getValue());
      }
    }
    return values;
  }

  private static <T> Coder<WindowedValue<T>> windowed(Coder<T> coder) {
    return WindowedValues.FullWindowedValueCoder.of(coder, GlobalWindow.Coder.INSTANCE);
  }

  private static List<String> process(SdkWorker worker, String descriptor, String... elements)
      throws Exception {
    RecordedBundle heard = new RecordedBundle();
    WorkerBundle bundle = worker.begin(descriptor, List.of(), heard);
    bundle.send(INPUT, encoded(StringUtf8Coder.of(), List.of(elements)));
    bundle.endOfInput();
    heard.awaitDone();
    return decoded(StringUtf8Coder.of(), heard.elements);
  }

  private static ProcessBundleDescriptor ofStrings(DoFn<String, String> fn) {
    return Descriptors.of(fn, StringUtf8Coder.of(), StringUtf8Coder.of());
  }

  // ---- Elements --------------------------------------------------------------------------------

  private static final class Same extends DoFn<String, String> {
    @ProcessElement
    public void process(@Element String element, OutputReceiver<String> out) {
      out.output(element);
    }
  }

  @Test
  void elementsGoThroughAWorkerBundleByBundle() throws Exception {
    SdkWorker worker = start(false);
    String descriptor = worker.register(ofStrings(new Same()));
    assertThat(process(worker, descriptor, "a", "", "b"), contains("a", "", "b"));
    assertThat(process(worker, descriptor, "c"), contains("c"));
    assertThat(process(worker, descriptor), hasSize(0));
  }

  @Test
  void manyBundlesAreUnderWayAtOnce() throws Exception {
    SdkWorker worker = start(false);
    String descriptor = worker.register(ofStrings(new Same()));
    int bundles = 40;
    int rounds = 25;
    List<RecordedBundle> heard = new ArrayList<>();
    List<WorkerBundle> begun = new ArrayList<>();
    for (int i = 0; i < bundles; i++) {
      heard.add(new RecordedBundle());
      begun.add(worker.begin(descriptor, List.of(), heard.get(i)));
    }
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < bundles; i++) {
        begun.get(i).send(INPUT, encoded(StringUtf8Coder.of(), List.of(i + "/" + round)));
      }
    }
    begun.forEach(WorkerBundle::endOfInput);
    for (int i = 0; i < bundles; i++) {
      heard.get(i).awaitDone();
      List<String> expected = new ArrayList<>();
      for (int round = 0; round < rounds; round++) {
        expected.add(i + "/" + round);
      }
      assertThat(decoded(StringUtf8Coder.of(), heard.get(i).elements), is(expected));
    }
  }

  private static final class Burst extends DoFn<Long, byte[]> {
    @ProcessElement
    public void process(@Element Long count, OutputReceiver<byte[]> out) {
      for (int i = 0; i < count; i++) {
        out.output(new byte[1 << 20]);
      }
    }
  }

  /** More than what any queue between a worker and a runner holds. */
  @Test
  void oneElementMayBecomeHundredsOfMegabytesWhileOtherBundlesGoOn() throws Exception {
    SdkWorker worker = start(false);
    String same = worker.register(ofStrings(new Same()));
    String burst =
        worker.register(Descriptors.of(new Burst(), VarLongCoder.of(), ByteArrayCoder.of()));
    List<Long> sizes = new ArrayList<>();
    RecordedBundle heard =
        new RecordedBundle() {
          @Override
          public void elements(String port, ByteString bytes) {
            sizes.add((long) bytes.size());
          }
        };
    WorkerBundle bundle = worker.begin(burst, List.of(), heard);
    bundle.send(INPUT, encoded(VarLongCoder.of(), List.of(400L)));
    bundle.endOfInput();
    assertThat(process(worker, same, "a"), contains("a"));
    heard.awaitDone();
    assertThat(sizes.stream().mapToLong(size -> size).sum(), greaterThan(400L << 20));
  }

  // ---- Failures --------------------------------------------------------------------------------

  private static final class Failing extends DoFn<String, String> {
    @ProcessElement
    public void process(@Element String element, OutputReceiver<String> out) {
      if (element.equals("bad")) {
        throw new IllegalArgumentException("cannot stand " + element);
      }
      out.output(element);
    }
  }

  @Test
  void userCodeThatFailsIsQuotedAndTheWorkerGoesOn() throws Exception {
    SdkWorker worker = start(false);
    String descriptor = worker.register(ofStrings(new Failing()));
    RecordedBundle heard = new RecordedBundle();
    WorkerBundle bundle = worker.begin(descriptor, List.of(), heard);
    bundle.send(INPUT, encoded(StringUtf8Coder.of(), List.of("good", "bad")));
    String message = heard.awaitFailure();
    assertThat(message, containsString("IllegalArgumentException: cannot stand bad"));
    assertThat(message, containsString("at dev.trestle.runner.worker.JavaHarnessTest$Failing"));
    bundle.send(INPUT, encoded(StringUtf8Coder.of(), List.of("good")));
    bundle.endOfInput();
    assertThat(process(worker, descriptor, "good"), contains("good"));
  }

  @Test
  void aDescriptorThatNoWorkerUnderstandsFailsTheBundle() throws Exception {
    SdkWorker worker = start(false);
    RecordedBundle heard = new RecordedBundle();
    worker.begin(worker.register(Descriptors.withoutTimers()), List.of(), heard).endOfInput();
    assertThat(heard.awaitFailure(), containsString("at org.apache.beam.fn.harness"));
  }

  @Test
  void whatTheWorkerLogsIsHeard() throws Exception {
    start(true);
    LogEntry entry = take(log);
    while (!entry.getMessage().contains("Fn Harness started")) {
      entry = take(log);
    }
    assertThat(entry.getSeverity(), is(LogEntry.Severity.Enum.INFO));
  }

  // ---- State -----------------------------------------------------------------------------------

  private static final class Counting extends DoFn<KV<String, String>, String> {
    @StateId("count")
    private final StateSpec<ValueState<Long>> spec = StateSpecs.value(VarLongCoder.of());

    @ProcessElement
    public void process(
        @Element KV<String, String> element,
        @StateId("count") ValueState<Long> count,
        OutputReceiver<String> out) {
      Long before = count.read();
      long now = before == null ? 1 : before + 1;
      count.write(now);
      out.output(element.getKey() + now);
    }
  }

  @Test
  void stateLastsFromBundleToBundle() throws Exception {
    SdkWorker worker = start(false);
    Coder<KV<String, String>> coder = KvCoder.of(StringUtf8Coder.of(), StringUtf8Coder.of());
    String descriptor =
        worker.register(Descriptors.of(new Counting(), coder, StringUtf8Coder.of()));
    Map<StateKey, ByteString> state = new ConcurrentHashMap<>();
    List<String> results = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      RecordedBundle heard = new RecordedBundle();
      WorkerBundle bundle = worker.begin(descriptor, List.of(), heard);
      bundle.send(INPUT, encoded(coder, List.of(KV.of("a", ""), KV.of("b", ""), KV.of("a", ""))));
      bundle.endOfInput();
      while (!heard.hasEnded()) {
        StateRequest request = heard.stateRequests.poll(10, TimeUnit.MILLISECONDS);
        if (request != null) {
          bundle.answer(answer(state, request));
        }
      }
      heard.awaitDone();
      results.addAll(decoded(StringUtf8Coder.of(), heard.elements));
    }
    assertThat(results, contains("a1", "b1", "a2", "a3", "b2", "a4"));
  }

  private static StateResponse.Builder answer(
      Map<StateKey, ByteString> state, StateRequest request) {
    StateResponse.Builder response = StateResponse.newBuilder().setId(request.getId());
    StateKey key = request.getStateKey();
    switch (request.getRequestCase()) {
      case GET ->
          response.setGet(
              StateGetResponse.newBuilder().setData(state.getOrDefault(key, ByteString.EMPTY)));
      case APPEND -> {
        state.merge(key, request.getAppend().getData(), ByteString::concat);
        response.setAppend(StateAppendResponse.getDefaultInstance());
      }
      case CLEAR -> {
        state.remove(key);
        response.setClear(StateClearResponse.getDefaultInstance());
      }
      default -> throw new AssertionError(request);
    }
    return response;
  }

  // ---- Splits, progress, finalization ----------------------------------------------------------

  private static final class Waiting extends DoFn<String, String> {
    @ProcessElement
    public void process(@Element String element, OutputReceiver<String> out)
        throws InterruptedException {
      reached.countDown();
      goOn.await();
      out.output(element);
    }
  }

  @Test
  void aSplitGivesBackElementsThatHaveNotBeenProcessed() throws Exception {
    reached = new CountDownLatch(1);
    goOn = new CountDownLatch(1);
    SdkWorker worker = start(false);
    RecordedBundle heard = new RecordedBundle();
    WorkerBundle bundle = worker.begin(worker.register(ofStrings(new Waiting())), List.of(), heard);
    bundle.send(INPUT, encoded(StringUtf8Coder.of(), List.of("a", "b", "c", "d")));
    bundle.endOfInput();
    reached.await();
    bundle.requestSplit(
        INPUT,
        DesiredSplit.newBuilder().setFractionOfRemainder(0).setEstimatedInputElements(4).build());
    ProcessBundleSplitResponse split = take(heard.splits);
    goOn.countDown();
    heard.awaitDone();
    assertThat(split.getChannelSplitsList(), hasSize(1));
    long residual = split.getChannelSplits(0).getFirstResidualElement();
    assertThat(residual, is(lessThan(4L)));
    assertThat(decoded(StringUtf8Coder.of(), heard.elements), hasSize((int) residual));
  }

  @Test
  void progressIsToldWhileTheBundleRuns() throws Exception {
    reached = new CountDownLatch(1);
    goOn = new CountDownLatch(1);
    SdkWorker worker = start(false);
    RecordedBundle heard = new RecordedBundle();
    WorkerBundle bundle = worker.begin(worker.register(ofStrings(new Waiting())), List.of(), heard);
    bundle.send(INPUT, encoded(StringUtf8Coder.of(), List.of("a")));
    reached.await();
    bundle.requestProgress();
    assertThat(take(heard.progress).getMonitoringInfosCount(), is(greaterThan(0)));
    goOn.countDown();
    bundle.endOfInput();
    assertThat(heard.awaitDone().getMonitoringInfosCount(), is(greaterThan(0)));
  }

  private static final class Finalized extends DoFn<String, String> {
    @ProcessElement
    public void process(@Element String element, BundleFinalizer finalizer) {
      finalizer.afterBundleCommit(
          Instant.now().plus(Duration.standardHours(1)),
          () -> {
            FINALIZED.add(element);
            reached.countDown();
          });
    }
  }

  @Test
  void callbacksRunWhenTheBundleIsDurable() throws Exception {
    reached = new CountDownLatch(1);
    FINALIZED.clear();
    SdkWorker worker = start(false);
    RecordedBundle heard = new RecordedBundle();
    WorkerBundle bundle =
        worker.begin(worker.register(ofStrings(new Finalized())), List.of(), heard);
    bundle.send(INPUT, encoded(StringUtf8Coder.of(), List.of("a")));
    bundle.endOfInput();
    ProcessBundleResponse response = heard.awaitDone();
    assertThat(response.getRequiresFinalization(), is(true));
    assertThat(FINALIZED, hasSize(0));
    bundle.finalizeBundle();
    assertThat(reached.await(PATIENCE_SECONDS, TimeUnit.SECONDS), is(true));
    assertThat(FINALIZED, contains("a"));
  }
}
