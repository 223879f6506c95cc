package dev.trestle.validates;

import dev.trestle.validates.process.Services;
import dev.trestle.validates.program.ProgramTests;
import dev.trestle.validates.program.TestProgram;
import dev.trestle.validates.sdk.Target;
import dev.trestle.validates.sdk.TypeScriptProgram;
import dev.trestle.validates.sdk.TypeScriptSdk;
import dev.trestle.validates.suite.SuiteTests;
import dev.trestle.validates.suite.UsageException;
import java.io.IOException;
import java.nio.file.Path;

/** Tests out of the TypeScript SDK, which brings them along. */
final class TypeScriptSuite implements Suite.Source {

  @Override
  public SuiteTests open(SuiteOptions options, Path reports, Services services)
      throws IOException, InterruptedException {
    String environment = options.pipelines().environment();
    if (environment != null && !environment.equals("LOOPBACK")) {
      throw new UsageException("the TypeScript SDK knows no environment but LOOPBACK");
    }
    Path sources = options.places().sdks().resolve("typescript");
    Path sdk = TypeScriptSdk.directory(sources);
    Target target = JobServer.target(options, services, "LOOPBACK");
    TestProgram program =
        new TypeScriptProgram(
            sdk, sources.resolve("suite.js"), target.endpoint(), options.limit(), reports);
    return new ProgramTests(program, program.tests(), options.jobs(), options.limit(), reports);
  }
}
