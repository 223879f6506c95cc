package dev.trestle.benchmarks.hot;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.exchange.KeyedEdgeWriter;
import dev.trestle.runner.exchange.SingleWriterChannel;
import dev.trestle.runner.exchange.StreamItem;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.nexmark.model.Bid;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * A bid's way over a keyed edge between two tasks, on one thread: hash the key, encode, gather into
 * a batch, hand over, decode.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 2, jvmArgsAppend = "-Xmx1g")
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class KeyedEdgeBenchmark {
  private static final int ELEMENTS = 4096;
  private static final int TASKS = 2;
  private static final int KEY_GROUPS = 128;

  /** Whether keys travel as objects or, as most coders want it, encoded. */
  @Param({"object", "encoded"})
  public String keys = "object";

  private final List<KV<?, Bid>> bids = new ArrayList<>();
  private final List<SingleWriterChannel> channels = new ArrayList<>();
  private final Instant time = Instant.EPOCH;
  private KeyedEdgeWriter writer = writer(VarLongCoder.of());

  @Setup
  public void setUp() {
    Random random = new Random(1);
    boolean byObject = keys.equals("object");
    writer = writer(byObject ? VarLongCoder.of() : ByteArrayCoder.of());
    for (int i = 0; i < ELEMENTS; i++) {
      long auction = 1000L + random.nextInt(100);
      Bid bid =
          new Bid(auction, random.nextInt(1000), random.nextInt(1 << 20), time, "x".repeat(60));
      Object key = byObject ? auction : Long.toString(auction).getBytes(StandardCharsets.UTF_8);
      bids.add(KV.of(key, bid));
    }
  }

  @Benchmark
  @OperationsPerInvocation(ELEMENTS)
  public void cross(Blackhole read) {
    for (KV<?, Bid> bid : bids) {
      writer.accept(bid, time, GlobalWindow.INSTANCE, PaneInfo.NO_FIRING, null);
    }
    writer.flush();
    for (SingleWriterChannel channel : channels) {
      for (StreamItem item = channel.poll(); item != null; item = channel.poll()) {
        Batch batch = (Batch) item;
        for (int i = 0; i < batch.size(); i++) {
          read.consume(batch.value(i));
        }
      }
    }
  }

  /** A writer to new channels, whose tasks need no waking: the reader polls when it is due. */
  private KeyedEdgeWriter writer(Coder<?> keyCoder) {
    channels.clear();
    for (int i = 0; i < TASKS; i++) {
      channels.add(new SingleWriterChannel(() -> {}, () -> {}));
    }
    return new KeyedEdgeWriter(format(keyCoder, Bid.CODER), channels, channel -> {}, KEY_GROUPS);
  }

  @SuppressWarnings("unchecked") // every key and value of this class fits its coder
  private static EdgeFormat format(Coder<?> keyCoder, Coder<?> valueCoder) {
    return new EdgeFormat(
        (Coder<Object>) keyCoder,
        (Coder<Object>) valueCoder,
        EdgeFormat.comparesAsObject(keyCoder),
        EdgeFormat.isIdentity(valueCoder));
  }
}
