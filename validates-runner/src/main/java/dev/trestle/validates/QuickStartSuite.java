package dev.trestle.validates;

import dev.trestle.validates.process.Services;
import dev.trestle.validates.program.ProgramTests;
import dev.trestle.validates.program.TestProgram;
import dev.trestle.validates.sdk.QuickStartProgram;
import dev.trestle.validates.suite.SuiteTests;
import dev.trestle.validates.suite.UsageException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** The quick starts of the documentation, at the ports that they name. */
final class QuickStartSuite implements Suite.Source {

  /** Each installs its SDK first. */
  private static final int SLOWNESS = 15;

  @Override
  public SuiteTests open(SuiteOptions options, Path reports, Services services)
      throws IOException, InterruptedException {
    if (options.pipelines().endpoint() != null) {
      throw new UsageException("the quick starts say themselves at which endpoint their server is");
    }
    Path root = options.places().root();
    Duration limit = options.limit().multipliedBy(SLOWNESS);
    TestProgram program =
        new QuickStartProgram(
            root,
            options.places().sdks().resolve("docs").resolve("quick_starts.py"),
            KafkaBroker.classPath(options),
            reports);
    return new ProgramTests(program, program.tests(), 1, limit, reports);
  }
}
