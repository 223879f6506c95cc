package dev.trestle.runner.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;

import java.util.ArrayList;
import java.util.List;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

final class BundleFinalizersTest {

  private final List<String> run = new ArrayList<>();
  private long now;
  private final BundleFinalizers finalizers =
      new BundleFinalizers(true, () -> java.time.Instant.ofEpochMilli(now));

  private void register(String name, long expiry) {
    finalizers.afterBundleCommit(Instant.ofEpochMilli(expiry), () -> run.add(name));
  }

  @Test
  void callbacksWaitForTheCheckpointBehindThem() {
    register("a", 100);
    finalizers.barrierPassed(1);
    register("b", 100);
    finalizers.barrierPassed(2);
    finalizers.bundleEnded();
    assertThat(run, empty());
    finalizers.committed(1);
    assertThat(run, contains("a"));
  }

  @Test
  void commitMakesUpForThoseThatFailed() {
    register("a", 100);
    finalizers.barrierPassed(1);
    register("b", 100);
    finalizers.barrierPassed(2);
    finalizers.committed(2);
    assertThat(run, contains("a", "b"));
  }

  @Test
  void callbacksExpireByTheClockOfTheJob() {
    register("first", 100);
    register("second", 101);
    finalizers.barrierPassed(1);
    now = 100;
    finalizers.committed(1);
    assertThat(run, contains("second"));
  }

  @Test
  void callbackThatFailsKeepsNoOtherFromRunning() {
    finalizers.afterBundleCommit(
        Instant.ofEpochMilli(100),
        () -> {
          throw new IllegalStateException("meant to fail");
        });
    register("b", 100);
    finalizers.jobDone();
    assertThat(run, contains("b"));
  }
}
