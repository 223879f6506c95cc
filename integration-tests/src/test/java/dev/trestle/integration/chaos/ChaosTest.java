package dev.trestle.integration.chaos;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dev.trestle.integration.chaos.verify.Verification;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small run of what {@code benchmarks/run.sh chaos} does. */
final class ChaosTest {

  @TempDir Path directory;

  @Test
  void everyResultIsThereOnceAfterKills() throws Exception {
    Verification verification = Chaos.run(60_000, 2, 3, directory);
    assertThat(verification.toString(), verification.isExact(), is(true));
    assertThat(verification.found(), is(verification.expected()));
  }
}
