package dev.trestle.integration.kafka;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.runner.TrestlePipelineOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** KafkaIO beside a real broker: what is read comes out once, whatever happens in between. */
final class KafkaIoTest {

  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(3);
  private static final long COUNT = 3000;

  @TempDir static Path brokerDirectory;

  private static KafkaBroker broker;
  private static KafkaTopics topics;
  private static int tests;

  @TempDir Path directory;

  private String suffix;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = KafkaBroker.start(brokerDirectory);
    topics = new KafkaTopics(broker.bootstrapServers());
  }

  @AfterAll
  static void stopBroker() throws Exception {
    broker.close();
  }

  @BeforeEach
  void makeTopics() throws Exception {
    suffix = Integer.toString(tests++);
    topics.create(from(), 3);
    topics.create(to(), 2);
    CopyJob.reset();
  }

  private String from() {
    return "from-" + suffix;
  }

  private String to() {
    return "to-" + suffix;
  }

  @ParameterizedTest
  @ValueSource(strings = {"use_deprecated_read", "use_sdf_read"})
  void jobThatIsCancelledAndResumedCopiesOnce(String experiment) throws Exception {
    Numbers.send(broker, from(), 0, COUNT);
    PipelineResult first = start("--experiments=" + experiment);
    await(() -> copied().size() == COUNT);
    awaitSinkDurable();
    first.cancel();
    Numbers.send(broker, from(), COUNT, 2 * COUNT);
    PipelineResult second = start("--experiments=" + experiment, "--resume");
    await(() -> copied().size() >= 2 * COUNT);
    second.cancel();
    assertThat(copied(), is(numbers(2 * COUNT)));
  }

  @Test
  void jobThatFailsCopiesOnce() throws Exception {
    Numbers.send(broker, from(), 0, COUNT);
    PipelineResult job = start();
    await(() -> copied().size() == COUNT);
    awaitSinkDurable();
    CopyJob.failOnce();
    Numbers.send(broker, from(), COUNT, 2 * COUNT);
    await(() -> copied().size() >= 2 * COUNT);
    job.cancel();
    assertThat(CopyJob.hasFailed(), is(true));
    assertThat(copied(), is(numbers(2 * COUNT)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void brokerThatIsStartedAgainHasEverythingOnce(boolean killed) throws Exception {
    Numbers.send(broker, from(), 0, COUNT);
    PipelineResult job = start();
    await(() -> copied().size() == COUNT);
    awaitSinkDurable();
    Numbers.send(broker, from(), COUNT, 2 * COUNT);
    if (killed) {
      broker.kill();
    } else {
      broker.stop();
    }
    broker.restart();
    await(() -> copied().size() >= 2 * COUNT);
    job.cancel();
    assertThat(copied(), is(numbers(2 * COUNT)));
  }

  @Test
  void offsetsAreCommittedBehindACheckpointOnly() throws Exception {
    Numbers.send(broker, from(), 0, COUNT);
    PipelineResult never =
        CopyJob.start(options(3_600_000), broker.bootstrapServers(), from(), to());
    await(() -> CopyJob.seen() == COUNT);
    assertThat(topics.committed(CopyJob.reader(from())), is(Map.of()));
    never.cancel();
    PipelineResult soon = start();
    await(() -> committed() == COUNT);
    soon.cancel();
  }

  @Test
  void sinkThatIsNotWrappedIsRefusedByBeam() {
    UnsupportedOperationException refused =
        assertThrows(
            UnsupportedOperationException.class,
            () -> CopyJob.startUnwrapped(options(100), broker.bootstrapServers(), from(), to()));
    assertThat(refused.getMessage(), containsString("not a runner known to be compatible"));
  }

  private PipelineResult start(String... more) {
    return CopyJob.start(options(100, more), broker.bootstrapServers(), from(), to());
  }

  private TrestlePipelineOptions options(long checkpointInterval, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--runner=TrestleRunner",
                "--streaming",
                "--jobName=copy",
                "--parallelism=2",
                "--checkpointDir=" + directory.resolve("checkpoints"),
                "--checkpointInterval=" + checkpointInterval));
    arguments.addAll(List.of(more));
    return PipelineOptionsFactory.fromArgs(arguments.toArray(new String[0]))
        .as(TrestlePipelineOptions.class);
  }

  /**
   * Waits until the sink's own mark is in a checkpoint: without it, Beam's sink refuses to go on.
   */
  private void awaitSinkDurable() throws Exception {
    await(() -> CopyJob.sinkIsKnown(topics, to()));
    long last = lastCheckpoint();
    await(() -> lastCheckpoint() >= last + 2);
  }

  private long lastCheckpoint() {
    String[] entries = directory.resolve("checkpoints/copy/log").toFile().list();
    long last = 0;
    for (String entry : entries == null ? new String[0] : entries) {
      last = Math.max(last, Long.parseLong(entry));
    }
    return last;
  }

  private long committed() {
    try {
      return topics.committed(CopyJob.reader(from())).entrySet().stream()
          .filter(entry -> entry.getKey().topic().equals(from()))
          .mapToLong(entry -> entry.getValue().offset())
          .sum();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** All that is committed in the output, sorted, with what is there twice. */
  private List<Long> copied() {
    List<Long> all = new ArrayList<>();
    topics.read(to(), record -> all.add(Long.valueOf(record.value())));
    return all.stream().sorted().toList();
  }

  private static List<Long> numbers(long count) {
    return LongStream.range(0, count).boxed().toList();
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (!condition.getAsBoolean()) {
      assertThat("in time", System.nanoTime() < deadline);
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }
}
