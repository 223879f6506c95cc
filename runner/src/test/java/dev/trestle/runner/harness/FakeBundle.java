package dev.trestle.runner.harness;

import dev.trestle.runner.engine.Coroutine;
import dev.trestle.runner.worker.BundleListener;
import dev.trestle.runner.worker.WorkerBundle;
import dev.trestle.runner.worker.WorkerException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.BundleApplication;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.DelayedBundleApplication;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleProgressResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleRequest.CacheToken;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleSplitRequest.DesiredSplit;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleSplitResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleSplitResponse.ChannelSplit;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateAppendRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateClearRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateGetRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateGetResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateKey;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateResponse;
import org.apache.beam.model.pipeline.v1.MetricsApi.MonitoringInfo;
import org.apache.beam.model.pipeline.v1.RunnerApi.IsBounded;
import org.apache.beam.runners.core.metrics.MonitoringInfoConstants.Labels;
import org.apache.beam.runners.core.metrics.MonitoringInfoConstants.Urns;
import org.apache.beam.runners.core.metrics.SimpleMonitoringInfoBuilder;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.construction.Timer;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.util.Durations;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.util.Timestamps;
import org.jspecify.annotations.Nullable;

/** A bundle at a fake worker. */
public final class FakeBundle implements WorkerBundle {

  private final FakeTask task;
  private final List<CacheToken> tokens;
  private final BundleListener listener;
  private final Executor executor;
  private final Random random;
  private final Queue<Event> events = new ConcurrentLinkedQueue<>();

  /** What came while an answer was awaited. */
  private final ArrayDeque<Event> aside = new ArrayDeque<>();

  private int asked;

  /** How many elements have been looked at, and the first one that is not to be done. */
  private long begun;

  private long stop = Long.MAX_VALUE;
  private final List<DelayedBundleApplication> residuals = new ArrayList<>();

  /** What has been set and cleared, by family. */
  private final Map<String, ByteString.Output> timers = new LinkedHashMap<>();

  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final Coroutine body = new Coroutine(this::run);
  private final List<ByteArrayOutputStream> outputs = new ArrayList<>();
  private volatile boolean abandoned;
  private volatile boolean finalized;
  private final AtomicLong elements = new AtomicLong();

  private sealed interface Event {
    record Sent(String port, ByteString bytes) implements Event {}

    record Fired(String family, ByteString timers) implements Event {}

    record SplitAsked(DesiredSplit split) implements Event {}

    record ProgressAsked() implements Event {}

    record End() implements Event {}

    record Answered(StateResponse response) implements Event {}
  }

  FakeBundle(
      FakeTask task,
      List<CacheToken> tokens,
      BundleListener listener,
      Executor executor,
      Random random) {
    this.task = task;
    this.tokens = tokens;
    this.listener = listener;
    this.executor = executor;
    this.random = random;
    task.outputs().forEach(unused -> outputs.add(new ByteArrayOutputStream()));
  }

  public List<CacheToken> tokens() {
    return tokens;
  }

  public boolean isAbandoned() {
    return abandoned;
  }

  public boolean isFinalized() {
    return finalized;
  }

  public long elements() {
    return elements.get();
  }

  private void post(Event event) {
    events.add(event);
    schedule();
  }

  private void schedule() {
    if (scheduled.compareAndSet(false, true)) {
      executor.execute(this::turn);
    }
  }

  private void turn() {
    scheduled.set(false);
    if (abandoned) {
      body.abandon();
      return;
    }
    try {
      if (!body.resume() && !events.isEmpty()) {
        schedule();
      }
    } catch (Exception e) {
      throw new AssertionError("What fails is told to the listener", e);
    }
  }

  /** Ends it where it is; no turn of it is to come. */
  void kill() {
    abandoned = true;
    body.abandon();
  }

  private void run() throws IOException {
    try {
      while (true) {
        Event event = next();
        if (event instanceof Event.End) {
          break;
        }
        if (event instanceof Event.Sent sent) {
          process(sent);
        } else if (event instanceof Event.Fired fired) {
          fire(fired);
        } else if (event instanceof Event.SplitAsked asked) {
          refuseFrom(begun, asked.split);
        } else if (event instanceof Event.ProgressAsked) {
          listener.progress(
              ProcessBundleProgressResponse.newBuilder().addMonitoringInfos(counted()).build());
        }
      }
    } catch (RuntimeException e) {
      if (abandoned) {
        throw e;
      }
      listener.failed(new WorkerException("The worker says: " + e, e));
      return;
    }
    for (int i = 0; i < outputs.size(); i++) {
      send(i);
    }
    timers.forEach((family, set) -> listener.timers(Harnessed.FN, family, set.toByteString()));
    listener.done(response());
  }

  private Event next() {
    Event before = aside.poll();
    return before == null ? nextSent() : before;
  }

  private Event nextSent() {
    for (Event event = events.poll(); ; event = events.poll()) {
      if (event != null) {
        return event;
      }
      body.pause();
    }
  }

  /** All pages of an answer. Some are asked for twice. */
  ByteString get(StateKey key) {
    ByteString all = ByteString.EMPTY;
    ByteString token = ByteString.EMPTY;
    do {
      StateGetResponse page = ask(key, token);
      if (random.nextInt(8) == 0 && !ask(key, token).equals(page)) {
        throw new AssertionError("The same page again is another one: " + key);
      }
      all = all.concat(page.getData());
      token = page.getContinuationToken();
    } while (!token.isEmpty());
    return all;
  }

  private StateGetResponse ask(StateKey key, ByteString token) {
    return ask(StateRequest.newBuilder()
            .setStateKey(key)
            .setGet(StateGetRequest.newBuilder().setContinuationToken(token)))
        .getGet();
  }

  void append(StateKey key, ByteString data) {
    ask(
        StateRequest.newBuilder()
            .setStateKey(key)
            .setAppend(StateAppendRequest.newBuilder().setData(data)));
  }

  void clear(StateKey key) {
    ask(
        StateRequest.newBuilder()
            .setStateKey(key)
            .setClear(StateClearRequest.getDefaultInstance()));
  }

  private StateResponse ask(StateRequest.Builder request) {
    String id = "request " + ++asked;
    listener.stateRequested(request.setId(id).build());
    while (true) {
      Event event = nextSent();
      if (!(event instanceof Event.Answered answer)) {
        aside.add(event);
      } else if (!answer.response.getId().equals(id)) {
        throw new AssertionError("An answer to another question: " + answer.response);
      } else if (!answer.response.getError().isEmpty()) {
        throw new IllegalStateException(answer.response.getError());
      } else {
        return answer.response;
      }
    }
  }

  private void process(Event.Sent sent) throws IOException {
    if (!sent.port.equals(Harnessed.INPUT)) {
      throw new IllegalArgumentException("No port " + sent.port);
    }
    InputStream in = sent.bytes.newInput();
    while (in.available() > 0) {
      elements.incrementAndGet();
      WindowedValue<Object> element = task.input().decode(in);
      if (task.fn() instanceof HarnessFn.Splittable fn) {
        processRestriction(fn, element);
        continue;
      }
      Object key = element.getValue() instanceof KV<?, ?> pair ? pair.getKey() : null;
      task.fn()
          .process(element, new FakeCalls(this, task, key, element.getWindows().iterator().next()));
      if (random.nextInt(8) == 0) {
        send(random.nextInt(outputs.size()));
        schedule();
        body.pause();
      }
    }
  }

  /** Gives back the elements from a number on. */
  private void refuseFrom(long number, DesiredSplit asked) {
    ProcessBundleSplitResponse.Builder response = ProcessBundleSplitResponse.newBuilder();
    if (number < Math.min(stop, asked.getEstimatedInputElements())) {
      stop = number;
      response.addChannelSplits(channelSplit(number - 1, number));
    }
    listener.split(response.build());
  }

  private static ChannelSplit channelSplit(long lastPrimary, long firstResidual) {
    return ChannelSplit.newBuilder()
        .setTransformId(Harnessed.INPUT)
        .setLastPrimaryElement(lastPrimary)
        .setFirstResidualElement(firstResidual)
        .build();
  }

  /** Does a restriction, unless it is split: by the runner, or now and then by itself. */
  private void processRestriction(HarnessFn.Splittable fn, WindowedValue<Object> sized) {
    long number = begun++;
    if (number >= stop) {
      return;
    }
    KV<?, ?> pair = (KV<?, ?>) ((KV<?, ?>) sized.getValue()).getKey();
    KV<?, ?> restricted = (KV<?, ?>) pair.getValue();
    OffsetRange range = (OffsetRange) restricted.getKey();
    WindowedValue<Object> element = sized.withValue(pair.getKey());
    FakeCalls calls = new FakeCalls(this, task, null, sized.getWindows().iterator().next());
    long end = range.getTo();
    for (long position = range.getFrom(); position < end; position++) {
      if (random.nextInt(4) == 0) {
        schedule();
        body.pause();
      }
      DesiredSplit split = takeSplitAsked();
      if (split != null) {
        long kept = position + (long) Math.ceil((end - position) * split.getFractionOfRemainder());
        end = kept < end ? split(number, rest(sized, kept, end), kept) : refuse(end);
        if (position >= end) {
          schedule(); // the DoFn hears of it when it claims something next
          body.pause();
          return;
        }
      }
      if (position > range.getFrom() && random.nextInt(6) == 0) {
        residuals.add(
            DelayedBundleApplication.newBuilder()
                .setApplication(rest(sized, position, end))
                .setRequestedTimeDelay(Durations.fromMillis(random.nextInt(3) * 7L))
                .build());
        return;
      }
      fn.process(element, position, calls);
    }
  }

  /**
   * Gives back the rest of an element, and all elements behind it. Returns where its own part ends.
   */
  private long split(long number, BundleApplication rest, long kept) {
    stop = Math.min(stop, number + 1);
    listener.split(
        ProcessBundleSplitResponse.newBuilder()
            .addChannelSplits(channelSplit(number - 1, number + 1))
            .addResidualRoots(DelayedBundleApplication.newBuilder().setApplication(rest))
            .build());
    return kept;
  }

  private long refuse(long end) {
    listener.split(ProcessBundleSplitResponse.getDefaultInstance());
    return end;
  }

  private BundleApplication rest(WindowedValue<Object> sized, long from, long to) {
    KV<?, ?> pair = (KV<?, ?>) ((KV<?, ?>) sized.getValue()).getKey();
    KV<?, ?> restricted = (KV<?, ?>) pair.getValue();
    return application(
        sized.withValue(
            KV.of(
                KV.of(pair.getKey(), KV.of(new OffsetRange(from, to), restricted.getValue())),
                1.0)));
  }

  private BundleApplication application(WindowedValue<Object> sized) {
    return BundleApplication.newBuilder()
        .setTransformId(Harnessed.FN)
        .setInputId("input")
        .setElement(FakeCalls.encoded(task.input(), sized))
        .putOutputWatermarks("output", Timestamps.fromMillis(sized.getTimestamp().getMillis()))
        .setIsBounded(IsBounded.Enum.UNBOUNDED)
        .build();
  }

  private @Nullable DesiredSplit takeSplitAsked() {
    for (Event event = events.poll(); event != null; event = events.poll()) {
      if (event instanceof Event.SplitAsked asked) {
        return asked.split;
      }
      aside.add(event);
    }
    return null;
  }

  private void fire(Event.Fired fired) throws IOException {
    InputStream in = fired.timers.newInput();
    while (in.available() > 0) {
      Timer<Object> timer = task.timers().decode(in);
      for (BoundedWindow window : timer.getWindows()) {
        ((HarnessFn.Keyed) task.fn())
            .onTimer(
                fired.family, timer, window, new FakeCalls(this, task, timer.getUserKey(), window));
      }
    }
  }

  /** What goes out through a port. */
  ByteArrayOutputStream output(int port) {
    return outputs.get(port);
  }

  /** What is set of a timer family. */
  ByteString.Output timers(String family) {
    return timers.computeIfAbsent(family, unused -> ByteString.newOutput());
  }

  private void send(int port) {
    ByteArrayOutputStream from = outputs.get(port);
    if (from.size() > 0) {
      listener.elements(Harnessed.output(port), ByteString.copyFrom(from.toByteArray()));
      from.reset();
    }
  }

  private ProcessBundleResponse response() {
    return ProcessBundleResponse.newBuilder()
        .addMonitoringInfos(counted())
        .addAllResidualRoots(residuals)
        .setRequiresFinalization(true)
        .build();
  }

  private MonitoringInfo counted() {
    SimpleMonitoringInfoBuilder counted = new SimpleMonitoringInfoBuilder();
    counted
        .setUrn(Urns.USER_SUM_INT64)
        .setInt64SumValue(elements.get())
        .setLabel(Labels.NAMESPACE, "harness")
        .setLabel(Labels.NAME, "elements")
        .setLabel(Labels.PTRANSFORM, Harnessed.FN);
    MonitoringInfo info = counted.build();
    if (info == null) {
      throw new AssertionError("Not a metric");
    }
    return info;
  }

  @Override
  public void send(String port, ByteString bytes) {
    post(new Event.Sent(port, bytes));
  }

  @Override
  public void sendTimers(String transform, String family, ByteString timers) {
    post(new Event.Fired(family, timers));
  }

  @Override
  public void endOfInput() {
    post(new Event.End());
  }

  @Override
  public void answer(StateResponse.Builder response) {
    post(new Event.Answered(response.build()));
  }

  @Override
  public void requestProgress() {
    post(new Event.ProgressAsked());
  }

  @Override
  public void requestSplit(String port, DesiredSplit split) {
    post(new Event.SplitAsked(split));
  }

  @Override
  public void finalizeBundle() {
    finalized = !abandoned;
  }

  @Override
  public void abandon() {
    abandoned = true;
    schedule();
  }
}
