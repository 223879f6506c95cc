package dev.trestle.server.environment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.trestle.runner.worker.Descriptors;
import dev.trestle.runner.worker.RecordedBundle;
import dev.trestle.runner.worker.SdkWorker;
import dev.trestle.runner.worker.WorkerBundle;
import dev.trestle.runner.worker.WorkerException;
import dev.trestle.server.environment.EnvironmentSettings.Docker;
import dev.trestle.server.environment.Sdk.Language;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.LogEntry;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleDescriptor;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Beam's own worker for Python, where there is a Python that has it; nothing is installed. */
final class RealPythonTest {

  private static final Coder<WindowedValue<byte[]>> CODER =
      WindowedValues.FullWindowedValueCoder.of(ByteArrayCoder.of(), GlobalWindow.Coder.INSTANCE);

  private static final String PROGRAM =
      """
      import logging, sys, apache_beam as beam
      def quote(element):
        logging.warning('quoting %s', element)
        if element == b'bad': raise ValueError('cannot stand it')
        return b'<' + element + b'>'
      p = beam.Pipeline()
      p | beam.Impulse() | 'It' >> beam.Map(quote).with_output_types(bytes)
      with open(sys.argv[1], 'wb') as f: f.write(p.to_runner_api().SerializeToString())
      """;

  @TempDir Path directory;

  private PythonInterpreter python;
  private Environment environment;
  private ProcessBundleDescriptor descriptor;

  @BeforeEach
  void makePipeline() throws Exception {
    python = findPython();
    Path file = directory.resolve("pipeline");
    List<String> output = new ArrayList<>();
    int status =
        ChildProgram.run(List.of(python.executable(), "-c", PROGRAM, file.toString()), output::add);
    assumeTrue(status == 0, () -> "The SDK does not work: " + output);
    RunnerApi.Pipeline pipeline = RunnerApi.Pipeline.parseFrom(Files.readAllBytes(file));
    environment =
        WorkerFixture.image(
            "apache/beam_python" + python.version() + "_sdk:" + python.beamVersion());
    descriptor = Descriptors.of(pipeline, "It");
  }

  private static PythonInterpreter findPython() throws InterruptedException {
    PythonInterpreter found = null;
    try {
      found = new PythonInterpreters().find(new Sdk(Language.PYTHON, "", ""), Optional.empty());
    } catch (WorkerException e) {
      assumeTrue(false, e.getMessage());
    }
    assumeTrue(!found.beamVersion().isEmpty(), "No Python on the path has apache-beam");
    return found;
  }

  private EnvironmentSettings settings() {
    return new EnvironmentSettings(
        Optional.empty(),
        Docker.AS_PROCESS,
        "no-docker",
        Optional.of(python.executable()),
        directory.resolve("cache"),
        Duration.ofMinutes(2),
        Duration.ofMinutes(1));
  }

  private RecordedBundle process(SdkWorker worker, String... elements) throws IOException {
    RecordedBundle heard = new RecordedBundle();
    WorkerBundle bundle = worker.begin(worker.register(descriptor), List.of(), heard);
    ByteString.Output bytes = ByteString.newOutput();
    for (String element : elements) {
      CODER.encode(WindowedValues.valueInGlobalWindow(element.getBytes(UTF_8)), bytes);
    }
    bundle.send(Descriptors.INPUT, bytes.toByteString());
    bundle.endOfInput();
    return heard;
  }

  @Test
  void theContainerThatPythonAsksForIsAProcess() throws Exception {
    processes(WorkerHost.plain());
  }

  @Test
  void aWorkerThatIsForkedDoesTheSame() throws Exception {
    try (WorkerHost host = WorkerHost.forking()) {
      processes(host);
    }
  }

  private void processes(WorkerHost host) throws Exception {
    try (WorkerFixture fixture = new WorkerFixture(settings(), host)) {
      SdkWorker worker = fixture.workers().worker(environment, 0);
      RecordedBundle heard = process(worker, "a", "b");
      heard.awaitDone();
      List<String> values = new ArrayList<>();
      for (ByteString piece : heard.elements) {
        InputStream bytes = piece.newInput();
        while (bytes.available() > 0) {
          values.add(new String(CODER.decode(bytes).getValue(), UTF_8));
        }
      }
      assertThat(values, contains("<a>", "<b>"));
      String message = process(worker, "a", "bad").awaitFailure();
      assertThat(message, containsString("ValueError: cannot stand it"));
      assertThat(message, containsString("Traceback"));
      process(worker, "c").awaitDone();
      awaitLogged(fixture, "quoting b'c'");
    }
  }

  private static void awaitLogged(WorkerFixture fixture, String message)
      throws InterruptedException {
    List<String> all = new ArrayList<>();
    do {
      LogEntry next = fixture.log.poll(1, TimeUnit.MINUTES);
      assertThat(all.toString(), next, is(notNullValue()));
      all.add(next.getMessage());
    } while (!all.contains(message));
  }
}
