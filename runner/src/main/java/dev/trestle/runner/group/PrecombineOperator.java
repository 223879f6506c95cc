package dev.trestle.runner.group;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.Operator;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.SnapshotWriter;
import dev.trestle.state.ByteKey;
import dev.trestle.translation.graph.Step;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.metrics.MetricsEnvironment.MetricsEnvironmentState;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Combines elements of the same key and windows before they are sent anywhere, to send less.
 *
 * <p>The table is emptied when it is full and whenever a watermark passes, so that no element comes
 * late on its account. Windows stay as they are, an element of many sliding windows costs one look
 * into the table, and a group's timestamp is one that the timestamp combiner of the grouping behind
 * it would make of its elements'. Where that depends on elements, those that are behind the
 * watermark already are passed on alone, lest they make others late.
 *
 * <p>When keys hardly repeat, looking for them costs more than it saves. So after every {@value
 * #TRIAL} elements the operator looks at how many accumulators they have become, and if those are
 * more than three quarters it makes one of each element for a while, without a table.
 */
public final class PrecombineOperator implements Operator {

  private static final int MOST_GROUPS = 1 << 16;

  /** Accumulators may grow with each element; this bounds them by time. */
  private static final int MOST_ELEMENTS = 1 << 20;

  /** Elements after which it is decided whether to go on. */
  static final int TRIAL = 1 << 14;

  /** Elements that pass without a table before it is tried again. */
  static final int PASSING = 1 << 18;

  private final Receiver output;
  private final Combiner combiner;
  private final Coder<Object> keyCoder;
  private final boolean keyByObject;
  private final boolean keepsTime;
  private final boolean earliest;
  private final GroupTable table = new GroupTable(MOST_GROUPS);
  private final ByteSink keySink = new ByteSink();
  private final ByteKey probe = new ByteKey();

  private @Nullable OperatorContext context;
  private @Nullable MetricsContainer metrics;

  /** Of the thread that runs the bundle. */
  private MetricsEnvironmentState environment =
      MetricsEnvironment.getMetricsEnvironmentStateForCurrentThread();

  private @Nullable Object lastWindows;
  private int lastWindowsHash;
  private int elements;

  /** Elements and groups of the trial under way. */
  private int tried;

  private int made;

  /** Whether the last trial went well, so that the table need not be emptied to end the next. */
  private boolean trusted;

  /** How many elements still pass without a table. */
  private int passing;

  @SuppressWarnings("unchecked") // the translation has checked that elements are KVs
  public PrecombineOperator(Step.Precombine step, Receiver output) {
    this.output = output;
    combiner = new Combiner(step.combineFn());
    KvCoder<Object, Object> coder = (KvCoder<Object, Object>) step.input().coder();
    keyCoder = coder.getKeyCoder();
    keyByObject = EdgeFormat.comparesAsObject(keyCoder);
    TimestampCombiner timestamps = step.input().windowing().getTimestampCombiner();
    keepsTime = !timestamps.dependsOnlyOnWindow();
    earliest = timestamps.dependsOnlyOnEarliestTimestamp();
  }

  @Override
  public void open(OperatorContext operatorContext) {
    context = operatorContext;
    metrics = operatorContext.metrics();
    combiner.open(operatorContext.options());
  }

  @Override
  public void startBundle() {
    environment = MetricsEnvironment.getMetricsEnvironmentStateForCurrentThread();
  }

  @Override
  public void finishBundle() {}

  // ---- Elements ----------------------------------------------------------------------------

  @Override
  public void accept(
      @Nullable Object value,
      Instant timestamp,
      Object windows,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    if (!(value instanceof KV<?, ?> kv)) {
      throw new IllegalArgumentException("Only a KV can be combined per key, not " + value);
    }
    MetricsContainer before = environment.activate(metrics);
    try {
      Object key = kv.getKey();
      if (passing > 0) {
        passing--;
      } else if (metadata == null && (key != null || !keyByObject) && !isLate(timestamp)) {
        combine(key, kv.getValue(), timestamp, windows);
        return;
      }
      Object accumulator = combiner.compact(combiner.add(combiner.create(), kv.getValue()));
      output.accept(KV.of(key, accumulator), timestamp, windows, pane, metadata);
    } finally {
      environment.activate(before);
    }
  }

  private void combine(
      @Nullable Object key, @Nullable Object value, Instant timestamp, Object windows) {
    Object canonical = lastWindows;
    if (windows != canonical) {
      canonical = canonical(windows, canonical);
    }
    Object tableKey = tableKey(key);
    int known = table.size();
    int group = table.group(canonical, lastWindowsHash, tableKey);
    if (group == known) {
      table.begin(group, key, timestamp.getMillis(), combiner.add(combiner.create(), value));
    } else {
      table.setAccumulator(group, combiner.add(table.accumulator(group), value));
      if (keepsTime) {
        long time = table.time(group);
        long own = timestamp.getMillis();
        table.setTime(group, earliest ? Math.min(time, own) : Math.max(time, own));
      }
    }
    if (++elements == MOST_ELEMENTS || table.isFull() || (!trusted && elements + tried >= TRIAL)) {
      flush();
    }
  }

  /** Window sets that are equal become one object, as far as they come one after the other. */
  private Object canonical(Object windows, @Nullable Object last) {
    if (windows.equals(last)) {
      return last == null ? windows : last;
    }
    lastWindows = windows;
    lastWindowsHash = windows.hashCode();
    return windows;
  }

  private Object tableKey(@Nullable Object key) {
    if (keyByObject && key != null) {
      return key;
    }
    keySink.reset();
    Combiner.encode(keyCoder, key, keySink);
    probe.set(keySink.array(), 0, keySink.size());
    return probe;
  }

  private boolean isLate(Instant timestamp) {
    return keepsTime && context != null && timestamp.getMillis() < context.inputWatermark();
  }

  // ---- Handing on --------------------------------------------------------------------------

  @Override
  public void flush() {
    if (table.size() == 0) {
      return;
    }
    environment = MetricsEnvironment.getMetricsEnvironmentStateForCurrentThread();
    MetricsContainer before = environment.activate(metrics);
    try {
      for (int group = 0; group < table.size(); group++) {
        output.accept(
            KV.of(table.key(group), combiner.compact(table.accumulator(group))),
            Instant.ofEpochMilli(table.time(group)),
            table.windows(group),
            PaneInfo.NO_FIRING,
            null);
      }
    } finally {
      environment.activate(before);
    }
    judge();
    elements = 0;
    table.clear();
    lastWindows = null;
  }

  private void judge() {
    tried += elements;
    made += table.size();
    if (tried >= TRIAL) {
      trusted = made <= tried / 4 * 3;
      passing = trusted ? 0 : PASSING;
      tried = 0;
      made = 0;
    }
  }

  /** What is kept back is handed on before any watermark passes. */
  /** Nothing is left after a flush. */
  @Override
  public void snapshot(SnapshotWriter out) {}

  @Override
  public long hold() {
    return Long.MAX_VALUE;
  }

  @Override
  public void close() {
    table.clear();
  }
}
