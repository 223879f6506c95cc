package dev.trestle.server.service;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import dev.trestle.runner.engine.RunningJob.State;
import dev.trestle.runner.remote.JobServerClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessage.MessageImportance;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessagesResponse;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobState;
import org.apache.beam.model.pipeline.v1.RunnerApi.Pipeline;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server finds that is started where another one has ended, or was killed. */
class RestartTest {

  private static final Map<String, Value> WITH_CHECKPOINTS =
      Map.of("checkpoint_dir", text("/checkpoints"), "job_name", text("orders"));

  @TempDir Path root;

  private int copies;

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }

  /** The files of a server as they are now, as if it had been killed. */
  private Path killed(Path directory) throws IOException {
    Path copy = root.resolve("copy-" + copies++);
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.toList()) {
        Path to = copy.resolve(directory.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(to);
        } else {
          copy(file, to);
        }
      }
    }
    return copy;
  }

  private static void copy(Path file, Path to) throws IOException {
    try {
      Files.copy(file, to);
    } catch (NoSuchFileException e) {
      // Deleted meanwhile.
    }
  }

  private static String lastError(TestServer server, String job) {
    String last = "";
    for (Iterator<JobMessagesResponse> told = server.messages(job); told.hasNext(); ) {
      JobMessagesResponse message = told.next();
      if (message.getMessageResponse().getImportance() == MessageImportance.JOB_MESSAGE_ERROR) {
        last = message.getMessageResponse().getMessageText();
      }
    }
    return last;
  }

  @Test
  void preparationSurvives() throws Exception {
    Path directory = root.resolve("server");
    try (TestServer first = TestServer.start(directory, new FakeLauncher())) {
      String id = first.prepare(Pipeline.getDefaultInstance(), WITH_CHECKPOINTS);
      FakeLauncher launcher = new FakeLauncher();
      try (TestServer second = TestServer.start(killed(directory), launcher)) {
        assertThat(second.state(id), is(JobState.Enum.STOPPED));
        second.run(id);
        assertThat(launcher.next().submission().options().getJobName(), is("orders"));
      }
    }
  }

  @Test
  void jobThatHasEndedKeepsStateMessagesAndMetrics() throws Exception {
    Path directory = root.resolve("server");
    FakeLauncher launcher = new FakeLauncher();
    try (TestServer first = TestServer.start(directory, launcher)) {
      String id = first.run(first.prepare());
      FakeLauncher.Launch launch = launcher.next();
      launch.job().count("step", "elements", 3, 3);
      launch.job().fail(new IllegalStateException("broken"));
      first.awaitEnd(id);
      try (TestServer second = TestServer.start(killed(directory), new FakeLauncher())) {
        assertThat(second.awaitEnd(id), is(JobState.Enum.FAILED));
        assertThat(lastError(second, id), containsString("broken"));
        assertThat(second.metrics(id), is(first.metrics(id)));
        assertThat(second.metrics(id).getCommittedCount(), is(1));
      }
    }
  }

  @Test
  void jobWithCheckpointsGoesOn() throws Exception {
    Path directory = root.resolve("server");
    FakeLauncher launcher = new FakeLauncher();
    try (TestServer first = TestServer.start(directory, launcher)) {
      String id = first.run(first.prepare(Pipeline.getDefaultInstance(), WITH_CHECKPOINTS));
      launcher.next();
      FakeLauncher again = new FakeLauncher();
      try (TestServer second = TestServer.start(killed(directory), again)) {
        FakeLauncher.Launch launch = again.next();
        assertThat(launch.submission().job(), is(id));
        assertThat(launch.submission().options().getCheckpointDir(), is("/checkpoints"));
        assertThat(launch.submission().options().getJobName(), is("orders"));
        launch.job().end(State.DONE);
        assertThat(second.awaitEnd(id), is(JobState.Enum.DONE));
      }
    }
  }

  @Test
  void jobWithoutCheckpointsSaysWhyItCannot() throws Exception {
    Path directory = root.resolve("server");
    FakeLauncher launcher = new FakeLauncher();
    try (TestServer first = TestServer.start(directory, launcher)) {
      String id = first.run(first.prepare());
      launcher.next();
      try (TestServer second = TestServer.start(killed(directory), new FakeLauncher())) {
        assertThat(second.awaitEnd(id), is(JobState.Enum.FAILED));
        assertThat(lastError(second, id), containsString("the job took no checkpoints"));
      }
    }
  }

  @Test
  void jobOfALoopbackClientSaysWhyItCannot() throws Exception {
    Struct.Builder flags = Struct.newBuilder().putFields("environment_type", text("LOOPBACK"));
    Struct.Builder go =
        Struct.newBuilder().putFields("options", Value.newBuilder().setStructValue(flags).build());
    checkLoopback("python", Map.of("environment_type", text("LOOPBACK")));
    checkLoopback("go", Map.of("go_options", Value.newBuilder().setStructValue(go).build()));
  }

  private void checkLoopback(String name, Map<String, Value> options) throws Exception {
    Path directory = root.resolve(name);
    Map<String, Value> all = new HashMap<>(WITH_CHECKPOINTS);
    all.putAll(options);
    FakeLauncher launcher = new FakeLauncher();
    try (TestServer first = TestServer.start(directory, launcher)) {
      String id = first.run(first.prepare(Pipeline.getDefaultInstance(), all));
      launcher.next();
      try (TestServer second = TestServer.start(killed(directory), new FakeLauncher())) {
        assertThat(second.awaitEnd(id), is(JobState.Enum.FAILED));
        assertThat(lastError(second, id), containsString("LOOPBACK"));
      }
    }
  }

  @Test
  void jobThatWasBeingCancelledIs() throws Exception {
    Path directory = root.resolve("server");
    FakeLauncher launcher = new FakeLauncher(submission -> new FakeJob(true));
    try (TestServer first = TestServer.start(directory, launcher)) {
      String id = first.run(first.prepare(Pipeline.getDefaultInstance(), WITH_CHECKPOINTS));
      FakeJob job = launcher.next().job();
      first.cancel(id);
      FakeLauncher again = new FakeLauncher();
      try (TestServer second = TestServer.start(killed(directory), again)) {
        assertThat(second.awaitEnd(id), is(JobState.Enum.CANCELLED));
        assertThat(again.isIdle(), is(true));
      }
      job.end(State.CANCELLED);
    }
  }

  @Test
  void jobThatWasBeingDrainedIsDrainedAgain() throws Exception {
    Path directory = root.resolve("server");
    FakeLauncher launcher = new FakeLauncher();
    try (TestServer first = TestServer.start(directory, launcher)) {
      String id = first.run(first.prepare(Pipeline.getDefaultInstance(), WITH_CHECKPOINTS));
      launcher.next();
      try (JobServerClient client = JobServerClient.connect(first.endpoint(), null, null)) {
        client.drain(id);
      }
      FakeLauncher again = new FakeLauncher();
      try (TestServer second = TestServer.start(killed(directory), again)) {
        FakeJob job = again.next().job();
        while (!job.draining()) {
          Thread.sleep(5);
        }
        assertThat(second.state(id), is(JobState.Enum.DRAINING));
      }
    }
  }

  @Test
  void serverThatEndsInGoodOrderSuspendsWhatCanGoOn() throws Exception {
    Path directory = root.resolve("server");
    FakeLauncher launcher = new FakeLauncher();
    String durable;
    String other;
    try (TestServer first = TestServer.start(directory, launcher)) {
      durable = first.run(first.prepare(Pipeline.getDefaultInstance(), WITH_CHECKPOINTS));
      launcher.next();
      other = first.run(first.prepare());
      launcher.next();
    }
    FakeLauncher again = new FakeLauncher();
    try (TestServer second = TestServer.start(directory, again)) {
      assertThat(again.next().submission().job(), is(durable));
      assertThat(second.state(other), is(JobState.Enum.CANCELLED));
    }
  }
}
