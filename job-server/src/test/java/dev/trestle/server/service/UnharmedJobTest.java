package dev.trestle.server.service;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dev.trestle.runner.engine.RunningJob.State;
import java.nio.file.Path;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a server is asked, another job of it goes on, and ends as it should. */
abstract class UnharmedJobTest {

  @TempDir Path directory;

  final FakeLauncher launcher;
  TestServer server;
  String other;
  FakeLauncher.Launch otherJob;

  /**
   * @param launcher does not end a job that is empty
   */
  UnharmedJobTest(FakeLauncher launcher) {
    this.launcher = launcher;
  }

  @BeforeEach
  void start() throws Exception {
    server = TestServer.start(directory, launcher);
    other = server.run(server.prepare());
    otherJob = launcher.next();
    server.awaitRunning(other);
  }

  @AfterEach
  void checkOtherJobAndClose() {
    try (TestServer closing = server) {
      assertThat(closing.state(other), is(JobState.Enum.RUNNING));
      otherJob.job().end(State.DONE);
      assertThat(closing.awaitEnd(other), is(JobState.Enum.DONE));
    }
  }
}
