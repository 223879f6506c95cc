package dev.trestle.validates;

import dev.trestle.validates.process.Services;
import dev.trestle.validates.program.ProgramTests;
import dev.trestle.validates.program.TestProgram;
import dev.trestle.validates.sdk.GoProgram;
import dev.trestle.validates.sdk.GoSdk;
import dev.trestle.validates.sdk.Target;
import dev.trestle.validates.suite.SuiteTests;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Tests out of packages of the Go SDK.
 *
 * @param list the file in {@code sdks/go} that names the packages
 * @param flags makes the arguments of the test binaries
 */
record GoSuite(String list, Flags flags) implements Suite.Source {

  /**
   * Its tests want to see in the client's log what workers have logged. A worker in the client's
   * process takes that log over.
   */
  private static final String LOGGING = "github.com/apache/beam/sdks/v2/go/pkg/beam/x/debug";

  /** What the tests of a suite understand. */
  interface Flags {
    GoProgram.Flags of(Target target, SuiteOptions options, Services services)
        throws IOException, InterruptedException;
  }

  /** The tests that Beam runs for each runner, some of which need transforms of Java. */
  static GoSuite integration() {
    return new GoSuite(
        "integration.txt",
        (target, options, services) -> {
          String expansion = startExpansionService(options, services);
          services.accompany("drain", drain(target, options));
          List<String> flags = new ArrayList<>(runner(target));
          flags.add("--expansion_addr=test:" + expansion);
          return new GoProgram.Flags(flags, Map.of());
        });
  }

  /** Starts the service with the Java transforms of the tests; its address. */
  private static String startExpansionService(SuiteOptions options, Services services)
      throws IOException, InterruptedException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classPath = MavenJars.classPath(options.places().root(), "expansion-service");
    return services.start(
        "expansion-service",
        port ->
            List.of(
                java,
                "-Xmx512m",
                "-cp",
                classPath,
                "org.apache.beam.sdk.expansion.service.ExpansionService",
                Integer.toString(port),
                "--alsoStartLoopbackWorker"));
  }

  /**
   * TestDrain runs for ever, unless somebody drains its job; its name ends with a random number.
   */
  private static List<String> drain(Target target, SuiteOptions options) {
    String trestle = "'" + JobServer.launcher(options) + "'";
    String at = " --endpoint=" + target.endpoint();
    String job = "$(" + trestle + " jobs" + at + " | grep -om1 '^go-testdrain-[0-9]*')";
    return List.of(
        "sh", "-c", "until " + trestle + " drain" + at + " " + job + "; do sleep 5; done");
  }

  /** The tests of packages that leave the choice of the runner to flags. */
  static GoSuite packages() {
    return new GoSuite(
        "packages.txt",
        (target, options, services) ->
            new GoProgram.Flags(runner(target), Map.of(LOGGING, runner(apart(target)))));
  }

  /** The same with workers in processes of their own, if they would be in the client's. */
  private static Target apart(Target target) {
    return target.environment().equals("LOOPBACK")
        ? new Target(target.endpoint(), "PROCESS", JobServer.NO_COMMAND, target.options())
        : target;
  }

  /** The tests of Beam's own portable runner, which may be pointed at another one. */
  static GoSuite ofRunner() {
    return new GoSuite(
        "runner.txt",
        (target, options, services) ->
            new GoProgram.Flags(List.of("--endpoint=" + target.endpoint()), Map.of()));
  }

  private static List<String> runner(Target target) {
    List<String> flags = new ArrayList<>();
    flags.add("--runner=universal");
    flags.add("--endpoint=" + target.endpoint());
    flags.add("--environment_type=" + target.environment());
    if (!target.environmentConfig().isEmpty()) {
      flags.add("--environment_config=" + target.environmentConfig());
    }
    if (!target.environment().equals("LOOPBACK")) {
      flags.add("--worker_binary=" + GoSdk.OWN_BINARY);
    }
    flags.addAll(target.options());
    return flags;
  }

  @Override
  public SuiteTests open(SuiteOptions options, Path reports, Services services)
      throws IOException, InterruptedException {
    Path sources = options.places().sdks().resolve("go");
    GoSdk sdk = GoSdk.compile(sources, sources.resolve(list), reports);
    Target target = JobServer.target(options, services, "LOOPBACK");
    TestProgram program = new GoProgram(sdk, flags.of(target, options, services), reports);
    return new ProgramTests(program, program.tests(), options.jobs(), options.limit(), reports);
  }
}
