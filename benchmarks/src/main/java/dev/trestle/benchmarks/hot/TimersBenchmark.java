package dev.trestle.benchmarks.hot;

import dev.trestle.runner.keyed.KeyedContext;
import dev.trestle.runner.operator.Slice;
import java.util.concurrent.TimeUnit;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.joda.time.Instant;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Timers while all of them are in memory. A step sets the timer of some key again, and fires those
 * that are due, which are set anew; so there are always as many as there are keys, and in some six
 * steps of ten one fires.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 2, jvmArgsAppend = "-Xmx2g")
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class TimersBenchmark {

  @Param({"1000", "100000"})
  public int keys = 1000;

  private final StateNamespace namespace =
      StateNamespaces.window(GlobalWindow.Coder.INSTANCE, GlobalWindow.INSTANCE);
  private final KeyedContext keyed = context();
  private final Slice slice = new Slice();
  private long state = 1;
  private long time;

  @SuppressWarnings({"unchecked", "rawtypes"}) // keys and windows fit
  private static KeyedContext context() {
    return KeyedContext.create(
        new BenchmarkContext(),
        (Coder) VarLongCoder.of(),
        true,
        (Coder<BoundedWindow>) (Coder) GlobalWindow.Coder.INSTANCE);
  }

  @Setup
  public void setUp() {
    for (long key = 0; key < keys; key++) {
      keyed.setKey(key, Long.hashCode(key));
      set(key);
    }
  }

  private void set(long at) {
    Instant instant = Instant.ofEpochMilli(at);
    keyed.timers().setTimer(namespace, "due", "", instant, instant, TimeDomain.EVENT_TIME);
  }

  @Benchmark
  public void setAgainAndFire(Blackhole fired) {
    state = state * 6364136223846793005L + 1442695040888963407L;
    Long key = (state >>> 33) % keys;
    keyed.setKey(key, key.hashCode());
    set(time + keys);
    slice.restart(Integer.MAX_VALUE, Long.MAX_VALUE);
    keyed.fireEventTimers(
        ++time,
        slice,
        timer -> {
          fired.consume(timer);
          set(time + keys);
        });
  }
}
