package dev.trestle.integration.kafka;

import dev.trestle.integration.process.JavaProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.Uuid;

/**
 * A broker that is its own controller (KRaft), in a process of its own, on ports of the loopback
 * interface that were free. Restarted, it has the same ports and the same data. Not thread-safe.
 */
public final class KafkaBroker implements AutoCloseable {

  private static final String LOOPBACK = "127.0.0.1:";
  private static final long START_SECONDS = 120;
  private static final int LOOK_MILLIS = 1000;
  private static final List<String> FLAGS = List.of("-Xmx512m", "-XX:+UseSerialGC");

  private final Path directory;
  private final Path settings;
  private final String address;
  private JavaProcess process;

  private KafkaBroker(Path directory, int port, int controllerPort, boolean createsTopics)
      throws IOException, InterruptedException {
    this.directory = directory;
    settings = directory.resolve("server.properties");
    address = LOOPBACK + port;
    Files.writeString(settings, settings(address, LOOPBACK + controllerPort, createsTopics));
    format();
    process = launch();
  }

  /**
   * Starts a broker without topics.
   *
   * @param directory empty; holds its data and its log
   * @throws IOException if it does not come up; with the end of its log
   */
  public static KafkaBroker start(Path directory) throws IOException, InterruptedException {
    List<Integer> ports = freePorts();
    return new KafkaBroker(directory, ports.get(0), ports.get(1), false);
  }

  /**
   * Starts a broker at a port, which makes topics that somebody writes to or reads.
   *
   * @param directory empty; holds its data and its log
   * @throws IOException if it does not come up; with the end of its log
   */
  static KafkaBroker start(Path directory, int port) throws IOException, InterruptedException {
    return new KafkaBroker(directory, port, freePorts().get(0), true);
  }

  /** Where clients find it, {@code host:port}. */
  public String bootstrapServers() {
    return address;
  }

  /** Shuts it down in order and waits until it is. */
  public void stop() throws InterruptedException {
    process.stop();
  }

  /** Ends it at once (SIGKILL). */
  public void kill() throws InterruptedException {
    process.kill();
  }

  /** Starts it again after {@link #stop} or {@link #kill}, and waits until it answers. */
  public void restart() throws IOException, InterruptedException {
    process = launch();
  }

  @Override
  public void close() {
    process.close();
  }

  private String settings(String broker, String controller, boolean createsTopics) {
    String listeners = "PLAINTEXT://" + broker + ",CONTROLLER://" + controller;
    return String.join(
        "\n",
        "process.roles=broker,controller",
        "node.id=1",
        "controller.quorum.bootstrap.servers=" + controller,
        "controller.listener.names=CONTROLLER",
        "listeners=" + listeners,
        "advertised.listeners=" + listeners,
        "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs=" + directory.resolve("data"),
        "auto.create.topics.enable=" + createsTopics,
        "group.initial.rebalance.delay.ms=0",
        "offsets.topic.replication.factor=1",
        "offsets.topic.num.partitions=2",
        "transaction.state.log.replication.factor=1",
        "transaction.state.log.min.isr=1",
        "transaction.state.log.num.partitions=2",
        "");
  }

  private void format() throws IOException, InterruptedException {
    List<String> arguments =
        List.of(
            "format",
            "--standalone",
            "-t",
            Uuid.randomUuid().toString(),
            "-c",
            settings.toString());
    JavaProcess format =
        JavaProcess.start(directory.resolve("log"), FLAGS, "kafka.tools.StorageTool", arguments);
    if (!format.await(TimeUnit.SECONDS.toMillis(START_SECONDS)) || format.exitCode() != 0) {
      format.close();
      throw new IOException("Kafka's storage could not be formatted:\n" + format.logTail());
    }
  }

  private JavaProcess launch() throws IOException, InterruptedException {
    JavaProcess launched =
        JavaProcess.start(
            directory.resolve("log"), FLAGS, "kafka.Kafka", List.of(settings.toString()));
    Map<String, Object> client =
        Map.of(
            AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
            address,
            AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
            200);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    try (Admin admin = Admin.create(client)) {
      while (!answers(admin)) {
        if (!launched.isAlive() || System.nanoTime() > deadline) {
          launched.close();
          throw new IOException("Kafka has not started:\n" + launched.logTail());
        }
      }
    }
    return launched;
  }

  private static boolean answers(Admin admin) throws InterruptedException {
    try {
      return !admin.describeCluster().nodes().get(LOOK_MILLIS, TimeUnit.MILLISECONDS).isEmpty();
    } catch (ExecutionException | TimeoutException e) {
      return false;
    }
  }

  private static List<Integer> freePorts() throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket first = new ServerSocket(0, 1, loopback);
        ServerSocket second = new ServerSocket(0, 1, loopback)) {
      return List.of(first.getLocalPort(), second.getLocalPort());
    }
  }
}
