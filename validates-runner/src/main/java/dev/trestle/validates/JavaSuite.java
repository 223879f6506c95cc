package dev.trestle.validates;

import dev.trestle.validates.junit.JUnitTests;
import dev.trestle.validates.junit.TestCatalog;
import dev.trestle.validates.junit.WorkerJvm;
import dev.trestle.validates.junit.WorkerPool;
import dev.trestle.validates.process.Services;
import dev.trestle.validates.suite.SuiteTests;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.testing.UsesExternalService;
import org.apache.beam.sdk.testing.UsesSdkHarnessEnvironment;

/**
 * Tests out of Beam's test jars for Java.
 *
 * @param category a test belongs to the suite if it has this category or a narrower one
 * @param excluded and none of these
 */
record JavaSuite(Class<?> category, Set<Class<?>> excluded, JavaClient.Connection connection)
    implements Suite.Source {

  /** The tests that can be run in one process and without services of others. */
  static JavaSuite inProcess(Class<?> category, String... pipelineOptions) {
    return new JavaSuite(
        category,
        Set.of(UsesSdkHarnessEnvironment.class, UsesExternalService.class),
        JavaClient.inProcess(pipelineOptions));
  }

  /** The tests that need no services of others. */
  static JavaSuite remote(Class<?> category, JavaClient.Connection connection) {
    return new JavaSuite(category, Set.of(UsesExternalService.class), connection);
  }

  TestCatalog catalog() {
    return TestCatalog.of(TestCatalog.beamTestJars(), category, excluded);
  }

  @Override
  public SuiteTests open(SuiteOptions options, Path reports, Services services)
      throws IOException, InterruptedException {
    JavaClient client = connection.open(options, services);
    SuiteOptions.Java given = options.java();
    List<String> pipelineOptions = new ArrayList<>();
    pipelineOptions.add("--runner=" + (given.runner() == null ? client.runner() : given.runner()));
    pipelineOptions.addAll(client.pipelineOptions());
    pipelineOptions.addAll(options.pipelines().options());
    List<String> jvmArguments = new ArrayList<>(client.jvmArguments());
    jvmArguments.addAll(given.arguments());
    String classPath =
        given.classPath() == null
            ? client.classPath()
            : client.classPath() + File.pathSeparator + given.classPath();
    return new JUnitTests(
        catalog(),
        new WorkerPool(
            options.jobs(),
            WorkerJvm.arguments(given.heap(), jvmArguments, classPath, pipelineOptions),
            reports,
            options.limit()));
  }
}
