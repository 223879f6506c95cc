package dev.trestle.runner.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.runner.engine.JobRefusal;
import dev.trestle.runner.engine.RunningJob;
import dev.trestle.runner.engine.RunningJob.State;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.metrics.MetricResults;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ControlTest {

  private static final String NAME = "täglich 1";

  @TempDir Path temporary;

  private final FakeJob job = new FakeJob();
  private ControlDirectory directory;

  @BeforeEach
  void chooseDirectory() {
    directory = new ControlDirectory(temporary.resolve("control"));
  }

  @AfterEach
  void end() {
    job.cancel();
  }

  private JobControl control() throws IOException {
    return ControlClient.of(directory, NAME);
  }

  private void start() {
    ControlServer.start(directory, NAME, job);
  }

  @Test
  void statusIsThatOfTheJob() throws Exception {
    start();
    JobStatus status = control().status();
    assertThat(status.job(), is(NAME));
    assertThat(status.state(), is(State.RUNNING));
    assertThat(status.process(), is(ProcessHandle.current().pid()));
  }

  @Test
  void resultsAndFailuresComeAcross() throws Exception {
    start();
    job.savepoint.complete("/place/of/it");
    assertThat(control().savepoint(), is("/place/of/it"));
    job.savepoint = CompletableFuture.failedFuture(new JobRefusal("takes none"));
    assertThat(
        assertThrows(JobRefusal.class, () -> control().savepoint()).getMessage(), is("takes none"));
    job.savepoint = CompletableFuture.failedFuture(new IOException("disk full,\nalas"));
    assertThat(
        assertThrows(IOException.class, () -> control().savepoint()).getMessage(),
        is("The savepoint has failed: java.io.IOException: disk full,\nalas"));
  }

  @Test
  void stopIsAnsweredWhenTheJobHasEnded() throws Exception {
    start();
    job.savepoint.complete("/place/of/it");
    CompletableFuture<String> stopped = new CompletableFuture<>();
    JobControl control = control();
    new Thread(
            () -> {
              try {
                stopped.complete(control.stop());
              } catch (Exception e) {
                stopped.completeExceptionally(e);
              }
            })
        .start();
    job.cancelledAfterSavepoint.await();
    assertThat(stopped.isDone(), is(false));
    job.cancel();
    assertThat(stopped.get(30, TimeUnit.SECONDS), is("/place/of/it"));
  }

  @Test
  void cancelTellsTheOutcome() throws Exception {
    start();
    assertThat(control().cancel(), is(State.CANCELLED));
  }

  @Test
  void drainTellsTheOutcome() throws Exception {
    start();
    assertThat(control().drain(), is(State.DONE));
  }

  @Test
  void socketIsThereAsLongAsTheJobRuns() throws Exception {
    start();
    assertThat(ControlClient.jobs(directory), hasSize(1));
    job.cancel();
    while (!directory.sockets().isEmpty()) {
      Thread.sleep(5);
    }
    JobRefusal refused = assertThrows(JobRefusal.class, this::control);
    assertThat(refused.getMessage(), containsString("there is none"));
  }

  @Test
  void callerThatGoesAwayLeavesTheJobAlone() throws Exception {
    start();
    try (SocketChannel caller = connect()) {
      caller.write(ByteBuffer.wrap("savepoint\n".getBytes(UTF_8)));
      job.asked.await();
    }
    job.savepoint.complete("/place/of/it");
    assertThat(control().status().state(), is(State.RUNNING));
    assertThat(control().savepoint(), is("/place/of/it"));
  }

  private SocketChannel connect() throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(directory.socket(NAME)));
  }

  @Test
  void unknownVerbIsRefused() throws Exception {
    start();
    try (SocketChannel caller = connect()) {
      caller.write(ByteBuffer.wrap("explode\n".getBytes(UTF_8)));
      assertThat(ControlMessages.readReply(caller).kind(), is(ControlMessages.Kind.REFUSED));
    }
  }

  @Test
  void lineWithoutEndIsGivenUp() throws Exception {
    start();
    try (SocketChannel caller = connect()) {
      caller.write(ByteBuffer.wrap("x".repeat(100).getBytes(UTF_8)));
      assertThrows(IOException.class, () -> ControlMessages.readReply(caller));
    }
    assertThat(control().status().job(), is(NAME));
  }

  @Test
  void processThatDiesWithoutAnAnswerHasEnded() throws Exception {
    directory.make();
    try (ServerSocketChannel dying = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dying.bind(UnixDomainSocketAddress.of(directory.socket(NAME)));
      Thread process =
          new Thread(
              () -> {
                try {
                  try (SocketChannel first = dying.accept()) {
                    ControlMessages.readVerb(first);
                    String status = new JobStatus(NAME, State.RUNNING, 1, 1).format();
                    ControlMessages.write(
                        first, new ControlMessages.Reply(ControlMessages.Kind.OK, status));
                  }
                  dying.accept().close();
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      process.start();
      JobControl control = control();
      JobRefusal refused = assertThrows(JobRefusal.class, control::savepoint);
      assertThat(refused.getMessage(), is("The job has ended meanwhile"));
      process.join();
    }
  }

  @Test
  void socketsOfTheDeadAreRemoved() throws Exception {
    directory.make();
    ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    dead.bind(UnixDomainSocketAddress.of(directory.socket(NAME)));
    dead.close();
    assertThat(directory.sockets(), hasSize(1));
    assertThat(ControlClient.jobs(directory), is(empty()));
    assertThat(directory.sockets(), is(empty()));
  }

  @Test
  void whoeverStartsAJobLaterHasItsSocket() throws Exception {
    start();
    FakeJob later = new FakeJob();
    later.savepoint.complete("/of/the/later");
    ControlServer.start(directory, NAME, later);
    assertThat(control().savepoint(), is("/of/the/later"));
    job.cancel();
    assertThat(control().savepoint(), is("/of/the/later"));
    later.cancel();
  }

  @Test
  void directoryIsForTheUserAlone() throws Exception {
    start();
    assertThat(
        PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.path())),
        is("rwx------"));
  }

  @Test
  void directoryThatOthersMayEnterIsNotUsed() throws Exception {
    Files.createDirectory(directory.path());
    Files.setPosixFilePermissions(directory.path(), PosixFilePermissions.fromString("rwxr-xr-x"));
    start();
    assertThat(directory.sockets(), is(empty()));
    IOException refused = assertThrows(IOException.class, directory::make);
    assertThat(refused.getMessage(), containsString("0700"));
  }

  private static final class FakeJob implements RunningJob {

    private volatile boolean drained;
    private volatile CompletableFuture<String> savepoint = new CompletableFuture<>();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch cancelledAfterSavepoint = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    @Override
    public State state() {
      return ended.getCount() > 0 ? State.RUNNING : drained ? State.DONE : State.CANCELLED;
    }

    @Override
    public @Nullable Throwable failure() {
      return null;
    }

    @Override
    public void drain() {
      drained = true;
      ended.countDown();
    }

    @Override
    public void cancel() {
      ended.countDown();
    }

    @Override
    public CompletableFuture<String> savepoint(AfterSavepoint then) {
      asked.countDown();
      if (then == AfterSavepoint.STOP) {
        cancelledAfterSavepoint.countDown();
      }
      return savepoint;
    }

    @Override
    public boolean await(long millis) throws InterruptedException {
      return ended.await(millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public MetricResults metrics() {
      throw new UnsupportedOperationException("Nobody asks through the socket");
    }
  }
}
