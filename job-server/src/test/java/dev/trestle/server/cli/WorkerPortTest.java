package dev.trestle.server.cli;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import dev.trestle.runner.worker.WorkerServer;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class WorkerPortTest {

  @Command
  private static final class Options {
    @Mixin private final WorkerPort port = new WorkerPort();
  }

  private static WorkerPort with(String... arguments) {
    Options options = new Options();
    new CommandLine(options).parseArgs(arguments);
    return options.port;
  }

  @Test
  void nobodyElseReachesItUnlessItIsToldSo() throws Exception {
    assertThat(with().isBeyond(), is(false));
    try (WorkerServer server = with().start()) {
      assertThat(server.endpoint().getUrl(), startsWith("localhost:"));
    }
  }

  @Test
  void workersAreToldTheNameByWhichTheyFindIt() throws Exception {
    WorkerPort open = with("--worker-listen=0.0.0.0:0", "--worker-host=server.example");

    assertThat(open.isBeyond(), is(true));
    try (WorkerServer server = open.start()) {
      assertThat(server.endpoint().getUrl(), startsWith("server.example:"));
    }
  }

  @Test
  void addressIsTheNameIfThereIsNoOther() throws Exception {
    WorkerPort local = with("--worker-listen=127.0.0.1:0");

    assertThat(local.isBeyond(), is(false));
    try (WorkerServer server = local.start()) {
      assertThat(server.endpoint().getUrl(), startsWith("127.0.0.1:"));
    }
  }
}
