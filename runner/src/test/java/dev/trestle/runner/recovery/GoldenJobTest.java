package dev.trestle.runner.recovery;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dev.trestle.runner.metrics.DurableMetrics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A job goes on from the checkpoints that versions before this one have left. Those of a new
 * version are made by {@code -Dtest=GoldenJobTest -Dtrestle.golden=DIRECTORY}, and added to the
 * test.
 */
final class GoldenJobTest {

  private static final MetricName SEEN = MetricName.named(GoldenJob.METRICS, "seen");

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = "0.1")
  void jobGoesOnFromTheCheckpointOfAVersion(String version) throws Exception {
    copy("/golden-jobs/" + version);
    PipelineResult result = GoldenJob.start(directory, 2, GoldenJob.LIMIT, "--resume");
    assertThat(result.waitUntilFinish(), is(PipelineResult.State.DONE));
    assertThat(GoldenJob.results(), is(GoldenJob.expected()));
    assertThat(committed(result, SEEN), is(GoldenJob.LIMIT));
  }

  @Test
  @EnabledIfSystemProperty(named = "trestle.golden", matches = ".+")
  void makeCheckpoint() throws Exception {
    Path golden = Path.of(System.getProperty("trestle.golden"));
    PipelineResult result = GoldenJob.start(golden, 1, GoldenJob.HALF);
    while (committed(result, SEEN) < GoldenJob.HALF) {
      Thread.sleep(5);
    }
    long others = committed(result, DurableMetrics.COMMITTED_CHECKPOINTS) + 10;
    while (committed(result, DurableMetrics.COMMITTED_CHECKPOINTS) < others) {
      Thread.sleep(5);
    }
    result.cancel();
    assertThat("all depends on the checkpoint", GoldenJob.results(), is(Map.of()));
  }

  private static long committed(PipelineResult result, MetricName name) {
    MetricsFilter filter =
        MetricsFilter.builder()
            .addNameFilter(MetricNameFilter.named(name.getNamespace(), name.getName()))
            .build();
    for (MetricResult<Long> counter : result.metrics().queryMetrics(filter).getCounters()) {
      Long committed = counter.getCommittedOrNull();
      return committed == null ? 0 : committed;
    }
    return 0;
  }

  private void copy(String resource) throws IOException, URISyntaxException {
    URL found = Objects.requireNonNull(GoldenJobTest.class.getResource(resource), resource);
    Path from = Path.of(found.toURI());
    try (Stream<Path> files = Files.walk(from)) {
      files.filter(Files::isRegularFile).forEach(file -> copy(from, file));
    }
  }

  private void copy(Path from, Path file) {
    Path to = directory.resolve(from.relativize(file).toString());
    try {
      Files.createDirectories(to.getParent());
      Files.copy(file, to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
