package dev.trestle.integration.kafka;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A broker for programs in other languages, until it is told to end. Takes a directory that is
 * empty or not there, and the port.
 */
final class BrokerMain {

  private BrokerMain() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Path directory = Files.createDirectories(Path.of(args[0]));
    KafkaBroker broker = KafkaBroker.start(directory, Integer.parseInt(args[1]));
    Runtime.getRuntime().addShutdownHook(new Thread(broker::close, "broker-end"));
    System.out.println("ready endpoint=" + broker.bootstrapServers());
    Thread.currentThread().join();
  }
}
