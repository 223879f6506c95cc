package dev.trestle.server.environment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where there is a Python. What stands for Beam's SDK is of the test. */
final class ForkServersTest {

  private static final String SDK =
      """
      import os
      with open(os.environ['IMPORTS'], 'a') as imports: imports.write('imported\\n')
      print('noise')
      """;

  private static final String NAMES =
      """
      import os
      class WorkerIdInterceptor:
        _worker_id = os.environ.get('WORKER_ID')
      """;

  private static final String WORKER =
      """
      import atexit, os, subprocess, sys, time
      from apache_beam.runners.worker.worker_id_interceptor import WorkerIdInterceptor
      if __name__ == '__main__':
        while not os.path.exists('known-%d' % os.getpid()):  # one that ends before is no worker
          time.sleep(0.01)
        print('main in', os.getcwd(), 'with', sorted(os.environ))
        print('called', WorkerIdInterceptor._worker_id)
        atexit.register(print, 'at the exit')
        end = os.environ['END']
        if end == 'sleep':
          print('sleeps', flush=True)
          time.sleep(1000)
        elif end == 'child':
          subprocess.Popen(['sh', '-c', 'echo child; sleep 3'])
          time.sleep(0.1)
          sys.exit(4)
        elif end == 'raise':
          raise ValueError('cannot stand it')
        sys.stdout.write('no line end')
        sys.exit(int(end))
      """;

  @TempDir Path directory;

  private final ForkServers servers = new ForkServers();
  private final BlockingQueue<String> output = new LinkedBlockingQueue<>();
  private Path python;
  private Path imports;
  private Path packages;
  private Path init;

  @BeforeEach
  void makeSdk() throws Exception {
    int status;
    try {
      status = ChildProgram.run(List.of("python3", "-c", ""), line -> {});
    } catch (IOException e) {
      status = 1;
    }
    assumeTrue(status == 0, "There is no Python");
    packages = directory.resolve("packages");
    init = packages.resolve("apache_beam/__init__.py");
    Path worker = Files.createDirectories(packages.resolve("apache_beam/runners/worker"));
    Files.writeString(init, SDK);
    Files.writeString(worker.resolve("sdk_worker_main.py"), WORKER);
    Files.writeString(worker.resolve("worker_id_interceptor.py"), NAMES);
    packages.toFile().setLastModified(0); // nothing is installed while a test runs, but by it
    imports = directory.resolve("imports");
    python =
        WorkerFixture.script(
            directory.resolve("bin/python"),
            "export PYTHONPATH=" + packages,
            "export IMPORTS=" + imports,
            "exec python3 \"$@\"");
  }

  @AfterEach
  void end() {
    servers.close();
  }

  private ChildProcess fork(String end) throws Exception {
    Map<String, String> variables = Map.of("END", end, "WORKER_ID", "worker-" + end);
    ChildProcess worker = servers.fork(python.toString(), directory, variables, output::add);
    Files.createFile(directory.resolve("known-" + worker.handle().pid()));
    return worker;
  }

  private static int status(ChildProcess process) throws Exception {
    return process.status().get(1, TimeUnit.MINUTES);
  }

  private void awaitOutput(String line) throws Exception {
    String next = output.poll(1, TimeUnit.MINUTES);
    while (next != null && !next.equals(line)) {
      next = output.poll(1, TimeUnit.MINUTES);
    }
    assertThat(next, is(line));
  }

  @Test
  void aWorkerIsTheMainProgramInItsOwnEnvironment() throws Exception {
    assertThat(status(fork("3")), is(3));
    assertThat(
        output,
        contains(
            "main in " + directory.toRealPath() + " with ['END', 'WORKER_ID']",
            "called worker-3",
            "no line endat the exit"));
  }

  @Test
  void theSdkIsImportedOnceForAllWorkers() throws Exception {
    ChildProcess first = fork("sleep");
    assertThat(status(fork("0")), is(0));
    assertThat(status(fork("0")), is(0));
    assertThat(first.handle().destroyForcibly(), is(true));
    assertThat(status(first), is(128 + 9));
    assertThat(Files.readAllLines(imports), hasSize(1));
  }

  @Test
  void whatIsInstalledMeanwhileIsImportedForTheNextWorker() throws Exception {
    ChildProcess before = fork("sleep");
    awaitOutput("sleeps");
    Files.createDirectory(packages.resolve("another"));
    assertThat(status(fork("0")), is(0));
    assertThat(Files.readAllLines(imports), hasSize(2));
    assertThat(before.handle().isAlive(), is(true));
    assertThat(before.handle().destroyForcibly(), is(true));
    assertThat(status(before), is(128 + 9));
  }

  @Test
  void aWorkerThatFailsSaysWhy() throws Exception {
    assertThat(status(fork("raise")), is(1));
    assertThat(output, hasItem("ValueError: cannot stand it"));
  }

  @Test
  void theEndIsHeardOfThoughChildrenGoOn() throws Exception {
    assertThat(status(fork("child")), is(4));
    assertThat(output, hasItem("child"));
  }

  @Test
  void whereTheSdkCannotBeImportedThatIsSaid() throws Exception {
    Files.writeString(init, "import nothing_of_the_kind");
    IOException refusal = assertThrows(IOException.class, () -> fork("0"));
    assertThat(refusal.getMessage(), containsString("No module named 'nothing_of_the_kind'"));
  }

  @Test
  void workersWhoseServerIsKilledEndAndTheNextOnesComeFromAnother() throws Exception {
    ChildProcess worker = fork("sleep");
    awaitOutput("sleeps");
    worker.handle().parent().orElseThrow().destroyForcibly();
    assertThat(status(worker), is(128 + 9));
    worker.handle().onExit().get(1, TimeUnit.MINUTES);
    assertThat(status(fork("0")), is(0));
    assertThat(Files.readAllLines(imports), hasSize(2));
  }

  @Test
  void aWorkerThatNobodyWaitsForEnds() throws Exception {
    Files.writeString(init, "import time; time.sleep(2)");
    Thread asking =
        new Thread(() -> assertThrows(InterruptedException.class, () -> fork("sleep")), "asking");
    asking.start();
    asking.interrupt();
    asking.join();
    ChildProcess wanted = fork("sleep");
    for (ProcessHandle each : wanted.handle().parent().orElseThrow().children().toList()) {
      if (!each.equals(wanted.handle())) {
        each.onExit().get(1, TimeUnit.MINUTES);
      }
    }
    assertThat(wanted.handle().destroyForcibly(), is(true));
    assertThat(status(wanted), is(128 + 9));
  }

  @Test
  void nothingIsForkedAfterTheEnd() {
    servers.close();
    assertThrows(IOException.class, () -> fork("0"));
  }
}
