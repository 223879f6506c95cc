package dev.trestle.validates;

import dev.trestle.validates.process.Services;
import dev.trestle.validates.program.ProgramTests;
import dev.trestle.validates.program.TestProgram;
import dev.trestle.validates.sdk.PythonProgram;
import dev.trestle.validates.sdk.PythonSdk;
import dev.trestle.validates.sdk.Target;
import dev.trestle.validates.suite.SuiteTests;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Tests out of the Python SDK, which brings them along.
 *
 * @param selection modules, and pytest's options that choose among their tests
 * @param pipelineOptions of every pipeline
 * @param surroundings what the tests need besides a job server
 * @param slowness how many times as long as others a test may take
 */
record PythonSuite(
    List<String> selection, List<String> pipelineOptions, Surroundings surroundings, int slowness)
    implements Suite.Source {

  /** Services that tests are told of by environment variables. */
  interface Surroundings {

    /** Starts them; the variables. */
    Map<String, String> start(SuiteOptions options, Services services)
        throws IOException, InterruptedException;
  }

  /** Two pipelines each, whose workers are processes that get all of Kafka's jars first. */
  private static final int KAFKA_SLOWNESS = 5;

  private static final Surroundings NONE = (options, services) -> Map.of();

  /** The modules of Beam with tests that every runner should pass. */
  private static final List<String> VALIDATES_RUNNER =
      List.of(
          "apache_beam.metrics.metric_test",
          "apache_beam.ml.inference.base_test",
          "apache_beam.pipeline_test",
          "apache_beam.runners.dataflow.dataflow_exercise_streaming_metrics_pipeline_test",
          "apache_beam.runners.portability.fn_api_runner.fn_runner_test",
          "apache_beam.runners.portability.fn_api_runner.translations_test",
          "apache_beam.transforms.combinefn_lifecycle_test",
          "apache_beam.transforms.combiners_test",
          "apache_beam.transforms.deduplicate_test",
          "apache_beam.transforms.dofn_lifecycle_test",
          "apache_beam.transforms.ptransform_test",
          "apache_beam.transforms.sideinputs_test",
          "apache_beam.transforms.util_test");

  /** Beam's tests of portable runners, pointed at our server. */
  static PythonSuite ofJobServer(String... pipelineOptions) {
    return new PythonSuite(List.of("job_server_test"), List.of(pipelineOptions), NONE, 1);
  }

  static PythonSuite validatesRunner() {
    List<String> selection = new ArrayList<>(VALIDATES_RUNNER);
    selection.addAll(List.of("-m", "it_validatesrunner"));
    return new PythonSuite(selection, List.of(), NONE, 1);
  }

  /** Transcripts of what triggers do, played through TestStream. */
  static PythonSuite triggers() {
    return new PythonSuite(
        List.of("apache_beam.transforms.trigger_test", "-k", "WeakTestStreamTranscriptTest"),
        List.of(),
        NONE,
        1);
  }

  /** Java's Kafka transforms, expanded by our service, and a broker. */
  static PythonSuite kafka() {
    return new PythonSuite(
        List.of("apache_beam.io.external.xlang_kafkaio_it_test", "-k", "hosted"),
        List.of(),
        (options, services) -> {
          String expansion = ExpansionService.start(options, services);
          return Map.of(
              "EXPANSION_PORT",
              expansion.substring(expansion.lastIndexOf(':') + 1),
              "KAFKA_BOOTSTRAP_SERVER",
              KafkaBroker.start(options, services));
        },
        KAFKA_SLOWNESS);
  }

  @Override
  public SuiteTests open(SuiteOptions options, Path reports, Services services)
      throws IOException, InterruptedException {
    Path sources = options.places().sdks().resolve("python");
    Path python = PythonSdk.interpreter(sources);
    // Workers that are processes of their own have what the tests import, too.
    Path environment = python.resolve("../..").normalize();
    Target target = JobServer.target(options, services, "LOOPBACK", "VIRTUAL_ENV=" + environment);
    Duration limit = options.limit().multipliedBy(slowness);
    TestProgram program =
        new PythonProgram(
            python,
            sources,
            selection,
            pipelineOptions(target, python, services),
            surroundings.start(options, services),
            limit,
            reports);
    return new ProgramTests(program, program.tests(), options.jobs(), limit, reports);
  }

  private List<String> pipelineOptions(Target target, Path python, Services services)
      throws IOException, InterruptedException {
    String config = target.environmentConfig();
    if (target.environment().equals("EXTERNAL") && config.isEmpty()) {
      config = PythonSdk.startWorkerPool(python, services);
    }
    List<String> options = new ArrayList<>();
    options.add("--runner=PortableRunner");
    options.add("--job_endpoint=" + target.endpoint());
    options.add("--environment_type=" + target.environment());
    if (!config.isEmpty()) {
      options.add("--environment_config=" + config);
    }
    options.addAll(pipelineOptions);
    options.addAll(target.options());
    return options;
  }
}
