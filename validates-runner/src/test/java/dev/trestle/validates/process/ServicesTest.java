package dev.trestle.validates.process;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServicesTest {
  @TempDir Path logs;

  @Test
  void aServiceTakesConnectionsUntilItIsClosed() throws Exception {
    int port;
    try (Services services = new Services(logs)) {
      String address = services.start("sample", port(Sample.class));
      port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
      new Socket(InetAddress.getLoopbackAddress(), port).close();
      assertThat(services.casualties(), empty());
    }
    assertThrows(
        IOException.class, () -> new Socket(InetAddress.getLoopbackAddress(), port).close());
  }

  @Test
  void aServiceThatDiesIsNamed() throws Exception {
    try (Services services = new Services(logs)) {
      String address = services.start("sample", port(Sample.class));
      int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.getOutputStream().write('x');
        assertThat(socket.getInputStream().read(), is(-1));
      }
      while (services.casualties().isEmpty()) {
        Thread.onSpinWait();
      }
      assertThat(services.casualties(), contains(containsString("sample has ended with status 7")));
    }
  }

  @Test
  void aServiceThatDoesNotComeUpSaysWhy() {
    try (Services services = new Services(logs)) {
      String message =
          assertThrows(IOException.class, () -> services.start("broken", port(Broken.class)))
              .getMessage();
      assertThat(
          message, allOf(containsString("broken has not come up"), containsString("no licence")));
    }
  }

  @Test
  void aCompanionEndsWithTheServices() throws Exception {
    Path log = logs.resolve("companion.log");
    try (Services services = new Services(logs)) {
      services.accompany("companion", List.of("sh", "-c", "echo $$; exec sleep 600"));
      while (!Files.exists(log) || !Files.readString(log).endsWith("\n")) {
        Thread.onSpinWait();
      }
      assertThat(isAlive(log), is(true));
    }
    assertThat(isAlive(log), is(false));
  }

  private static boolean isAlive(Path log) throws IOException {
    long pid = Long.parseLong(Files.readString(log).strip());
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  private static IntFunction<List<String>> port(Class<?> main) {
    return port ->
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx32m",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName(),
            Integer.toString(port));
  }

  /** Ends when it is told anything. */
  public static final class Sample {
    private Sample() {}

    /** The argument is the port. */
    public static void main(String[] args) throws IOException {
      try (ServerSocket server =
          new ServerSocket(Integer.parseInt(args[0]), 5, InetAddress.getLoopbackAddress())) {
        while (true) {
          try (Socket socket = server.accept()) {
            if (socket.getInputStream().read() >= 0) {
              System.exit(7);
            }
          }
        }
      }
    }
  }

  /** Does not come up. */
  public static final class Broken {
    private Broken() {}

    /** Says why. */
    public static void main(String[] args) {
      System.err.println("no licence");
      System.exit(1);
    }
  }
}
