package dev.trestle.validates;

import dev.trestle.validates.process.Services;
import dev.trestle.validates.sdk.PythonSdk;
import dev.trestle.validates.sdk.Target;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The runner as a Java test process sees it.
 *
 * @param runner its name
 * @param pipelineOptions besides the runner's name
 * @param jvmArguments besides the usual
 * @param classPath of the test process
 */
record JavaClient(
    String runner, List<String> pipelineOptions, List<String> jvmArguments, String classPath) {

  /** How a suite comes by its client. */
  interface Connection {

    /** Installs and starts what the tests need. */
    JavaClient open(SuiteOptions options, Services services)
        throws IOException, InterruptedException;
  }

  /** The runner within the test process. */
  static Connection inProcess(String... pipelineOptions) {
    return (options, services) ->
        new JavaClient("TestTrestleRunner", List.of(pipelineOptions), List.of(), ownClassPath());
  }

  /** A job server, of which the SDK harness is a part unless told. */
  static Connection server() {
    return (options, services) ->
        new JavaClient(
            "TestTrestleRunner",
            serverOptions("--endpoint=", "EMBEDDED", options, services),
            List.of(),
            ownClassPath());
  }

  /** A job server, and an expansion service with the transforms that the tests ask for. */
  static Connection serverAndExpansionService() {
    return (options, services) -> {
      JavaClient client = server().open(options, services);
      Path sources = options.places().sdks().resolve("python");
      String environment = options.pipelines().environment();
      String expansion =
          PythonSdk.startExpansionService(
              PythonSdk.interpreter(sources),
              sources,
              environment == null ? "" : environment,
              services);
      String port = expansion.substring(expansion.lastIndexOf(':') + 1);
      return new JavaClient(
          client.runner(),
          client.pipelineOptions(),
          List.of("-DexpansionPort=" + port),
          client.classPath()
              + File.pathSeparator
              + MavenJars.jars(options.places().root(), "secret-manager"));
    };
  }

  /**
   * A job server by way of Beam's client, which is not among our dependencies. The SDK harness is
   * in the test process unless told.
   */
  static Connection beamClient() {
    return (options, services) ->
        new JavaClient(
            "TestUniversalRunner",
            serverOptions("--jobEndpoint=", "LOOPBACK", options, services),
            List.of(),
            MavenJars.classPath(options.places().root(), "beam-client"));
  }

  private static List<String> serverOptions(
      String endpointOption, String usualEnvironment, SuiteOptions options, Services services)
      throws IOException, InterruptedException {
    Target target = JobServer.target(options, services, usualEnvironment);
    List<String> pipelineOptions = new ArrayList<>();
    pipelineOptions.add(endpointOption + target.endpoint());
    pipelineOptions.add("--defaultEnvironmentType=" + target.environment());
    if (!target.environmentConfig().isEmpty()) {
      pipelineOptions.add("--defaultEnvironmentConfig=" + target.environmentConfig());
    }
    return pipelineOptions;
  }

  private static String ownClassPath() {
    return System.getProperty("java.class.path", "");
  }
}
