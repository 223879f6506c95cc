package dev.trestle.server.environment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.sameInstance;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.runner.worker.RecordedBundle;
import dev.trestle.runner.worker.SdkWorker;
import dev.trestle.runner.worker.WorkerBundle;
import dev.trestle.runner.worker.WorkerConnection;
import dev.trestle.runner.worker.WorkerException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.management.ObjectName;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.LogEntry;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.sdk.transforms.DoFn;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers on threads of this process, and which of them a task gets. */
final class EmbeddedWorkersTest {

  private static final Environment EMBEDDED = Environment.newBuilder().setUrn("EMBEDDED").build();

  @TempDir Path cache;

  @Test
  void aWorkerProcessesBundles() throws Exception {
    try (WorkerFixture fixture = new WorkerFixture(WorkerFixture.settings(cache))) {
      SdkWorker worker = fixture.workers().worker(EMBEDDED, 0);
      assertThat(WorkerFixture.echo(worker, "a", "b"), contains("a", "b"));
    }
  }

  @Test
  void aWorkerFinalizesWhatItWasToldToBeforeItIsLetGo() throws Exception {
    FINALIZED.clear();
    try (WorkerFixture fixture = new WorkerFixture(WorkerFixture.settings(cache))) {
      RecordedBundle heard = new RecordedBundle();
      WorkerBundle bundle =
          WorkerFixture.begin(fixture.workers().worker(EMBEDDED, 0), new Finalized(), heard, "a");
      heard.awaitDone();
      bundle.finalizeBundle();
    }
    assertThat(FINALIZED, contains("a"));
  }

  private static final Queue<String> FINALIZED = new ConcurrentLinkedQueue<>();

  private static final class Finalized extends DoFn<String, String> {
    @ProcessElement
    public void process(@Element String element, BundleFinalizer finalizer) {
      finalizer.afterBundleCommit(
          Instant.now().plus(Duration.standardHours(1)),
          () -> {
            Thread.sleep(200);
            FINALIZED.add(element);
          });
    }
  }

  @Test
  void aWorkerThatDoesNotEndFinalizingIsNotAwaitedForEver() throws Exception {
    EnvironmentSettings impatient =
        WorkerFixture.withTimeouts(
            WorkerFixture.settings(cache),
            java.time.Duration.ofMinutes(1),
            java.time.Duration.ofMillis(10));
    CountDownLatch end = new CountDownLatch(1);
    STUCK.set(end);
    try (WorkerFixture fixture = new WorkerFixture(impatient)) {
      RecordedBundle heard = new RecordedBundle();
      WorkerBundle bundle =
          WorkerFixture.begin(fixture.workers().worker(EMBEDDED, 0), new Stuck(), heard, "a");
      heard.awaitDone();
      bundle.finalizeBundle();
    }
    end.countDown();
  }

  private static final AtomicReference<CountDownLatch> STUCK = new AtomicReference<>();

  private static final class Stuck extends DoFn<String, String> {
    @ProcessElement
    public void process(BundleFinalizer finalizer) {
      finalizer.afterBundleCommit(
          Instant.now().plus(Duration.standardHours(1)), STUCK.get()::await);
    }
  }

  @Test
  void aWorkerLeavesNoThreads() throws Exception {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    try (WorkerFixture fixture = new WorkerFixture(WorkerFixture.settings(cache))) {
      WorkerFixture.echo(fixture.workers().worker(EMBEDDED, 0), "a");
    }
    while (waitsToFinalize(before)) {
      Thread.sleep(10);
    }
  }

  /** Whether there is a thread of a harness that was not there before. */
  private static boolean waitsToFinalize(Set<Thread> before) {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(thread -> !before.contains(thread.getKey()))
        .flatMap(thread -> Arrays.stream(thread.getValue()))
        .anyMatch(frame -> frame.getClassName().endsWith(".FinalizeBundleHandler"));
  }

  @Test
  void aWorkerLeavesNoOptions() throws Exception {
    runOneWorker(); // Beam's file systems have the options of the last one
    long before = instances("ProxyInvocationHandler");
    runOneWorker();
    while (instances("ProxyInvocationHandler") > before) {
      Thread.sleep(100);
    }
  }

  private void runOneWorker() throws Exception {
    try (WorkerFixture fixture = new WorkerFixture(WorkerFixture.settings(cache))) {
      WorkerFixture.echo(fixture.workers().worker(EMBEDDED, 0), "a");
    }
  }

  @Test
  void aWorkerLeavesNoChannels() throws Exception {
    Environment staged = EMBEDDED.toBuilder().addAllDependencies(StagedProgram.of(cache)).build();
    long before = instances("ManagedChannelImpl");
    try (WorkerFixture fixture = new WorkerFixture(WorkerFixture.settings(cache))) {
      WorkerFixture.echo(fixture.workers().worker(staged, 0), "a");
    }
    while (instances("ManagedChannelImpl") > before) {
      Thread.sleep(100);
    }
  }

  /** How many are in the heap, of all classes of that name. Collects garbage. */
  private static long instances(String type) throws Exception {
    Object histogram =
        ManagementFactory.getPlatformMBeanServer()
            .invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                "gcClassHistogram",
                new Object[] {null},
                new String[] {String[].class.getName()});
    return ((String) histogram)
        .lines()
        .map(String::strip)
        .filter(line -> line.endsWith("." + type))
        .mapToLong(line -> Long.parseLong(line.split("\\s+")[1]))
        .sum();
  }

  @Test
  void aWorkerHasTheClassesThatWereStaged() throws Exception {
    Environment staged = EMBEDDED.toBuilder().addAllDependencies(StagedProgram.of(cache)).build();
    try (WorkerFixture fixture = new WorkerFixture(WorkerFixture.settings(cache))) {
      SdkWorker worker = fixture.workers().worker(staged, 0);
      assertThat(WorkerFixture.echo(worker, "a", "b"), contains("a", "b"));
    }
  }

  @Test
  void whatAWorkerLogsGoesToItsJobAndNowhereElse() throws Exception {
    Environment staged = EMBEDDED.toBuilder().addAllDependencies(StagedProgram.of(cache)).build();
    Heard heard = new Heard();
    Logger.getLogger("").addHandler(heard);
    try (EmbeddedLog log = EmbeddedLog.open();
        WorkerFixture fixture = new WorkerFixture(WorkerFixture.settings(cache));
        WorkerFixture other = new WorkerFixture(WorkerFixture.settings(cache))) {
      WorkerFixture.echo(other.workers().worker(staged, 0), "a");
      WorkerFixture.echo(fixture.workers().worker(staged, 0), Echo.LOGGED);
      LogEntry entry = nextOfEcho(fixture);
      assertThat(entry.getSeverity(), is(LogEntry.Severity.Enum.WARN));
      assertThat(entry.getMessage(), is("There is " + Echo.LOGGED));
      assertThat(entry.getTrace(), containsString("IllegalStateException: a cause"));

      Logger.getLogger("of.this.process").warning("of this process");
      assertThat(heard.messages, contains("of this process"));
      assertThat(other.log.stream().filter(EmbeddedWorkersTest::isOfEcho).toList(), is(empty()));
    } finally {
      Logger.getLogger("").removeHandler(heard);
    }
  }

  private static LogEntry nextOfEcho(WorkerFixture fixture) throws InterruptedException {
    LogEntry entry;
    do {
      entry = fixture.log.take();
    } while (!isOfEcho(entry));
    return entry;
  }

  private static boolean isOfEcho(LogEntry entry) {
    return entry.getLogLocation().equals(Echo.class.getName());
  }

  /** What goes to the log of this process. */
  private static final class Heard extends Handler {

    private final List<String> messages = new CopyOnWriteArrayList<>();

    @Override
    public void publish(LogRecord logged) {
      if (!logged.getLoggerName().contains(".grpc.")) {
        messages.add(logged.getMessage());
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @Test
  void aWorkerWhoseFilesAreNoneOfJavaSaysSo() throws Exception {
    Path jar = Files.writeString(cache.resolve("no.jar"), "nothing");
    Environment staged =
        EMBEDDED.toBuilder().addDependencies(WorkerFixture.artifact(jar, "no.jar")).build();
    try (WorkerFixture fixture = new WorkerFixture(WorkerFixture.settings(cache))) {
      WorkerException thrown =
          assertThrows(WorkerException.class, () -> fixture.workers().worker(staged, 0));
      assertThat(thrown.getMessage(), containsString("the classes that were staged"));
    }
  }

  @Test
  void tasksAreSpreadOverWorkers() throws Exception {
    try (WorkerFixture fixture = new WorkerFixture(WorkerFixture.settings(cache))) {
      JobWorkers workers = fixture.workers(2);
      SdkWorker first = workers.worker(EMBEDDED, 0);
      assertThat(workers.worker(EMBEDDED, 1), is(not(sameInstance(first))));
      assertThat(workers.worker(EMBEDDED, 2), is(sameInstance(first)));
      Environment other = Environment.newBuilder().setUrn("beam:env:embedded:v1").build();
      assertThat(workers.worker(other, 0), is(not(sameInstance(first))));
    }
  }

  @Test
  void aWorkerThatIsGoneIsReplaced() throws Exception {
    try (WorkerFixture fixture = new WorkerFixture(WorkerFixture.settings(cache))) {
      JobWorkers workers = fixture.workers();
      SdkWorker first = workers.worker(EMBEDDED, 0);
      ((WorkerConnection) first).died("is said to be dead");
      SdkWorker second = workers.worker(EMBEDDED, 0);
      assertThat(second.id(), is(not(first.id())));
      assertThat(WorkerFixture.echo(second, "a"), contains("a"));
    }
  }

  @Test
  void aJobThatIsOverGetsNoWorkers() throws Exception {
    try (WorkerFixture fixture = new WorkerFixture(WorkerFixture.settings(cache))) {
      JobWorkers workers = fixture.workers();
      SdkWorker worker = workers.worker(EMBEDDED, 0);
      workers.close();
      assertThrows(WorkerException.class, () -> workers.worker(EMBEDDED, 0));
      assertThat(
          WorkerFixture.begin(worker, "a").awaitFailure(),
          is("The SDK worker " + worker.id() + " has been let go"));
    }
  }

  @Test
  void moreWorkersThanAllJobsMayHaveAreRefusedUntilOneHasEnded() throws Exception {
    try (WorkerFixture fixture = new WorkerFixture(WorkerFixture.settings(cache))) {
      fixture.limit(3);
      JobWorkers first = fixture.workers(2);
      first.worker(EMBEDDED, 0);
      JobWorkers second = fixture.workers(2);

      WorkerException refusal =
          assertThrows(WorkerException.class, () -> second.worker(EMBEDDED, 0));

      assertThat(
          refusal.getMessage(), containsString("2 more SDK workers, and the server has 2 of at"));
      assertThat(fixture.workers(1).worker(EMBEDDED, 0).id(), is(not("")));
      first.close();
      assertThat(WorkerFixture.echo(second.worker(EMBEDDED, 0), "a"), contains("a"));
    }
  }
}
