package dev.trestle.expansion;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The process that {@code trestle expansion-service} and {@code trestle server --expansion-service}
 * start. Takes the address to listen at and a port, 0 for any that is free; says {@code ready
 * endpoint=HOST:PORT} on its standard output. It ends when its standard input does, so that it
 * outlives nobody, or when it is told to.
 */
public final class ExpansionMain {

  private static final int NOT_STARTED = 2;

  /** Held for good: a logger that nobody holds forgets its level. */
  private static final Logger ROOT = Logger.getLogger("");

  private ExpansionMain() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    ROOT.setLevel(Level.WARNING); // Beam tells of each transform that it expands
    String host = args[0];
    ExpansionServer server;
    try {
      server =
          ExpansionServer.start(
              new InetSocketAddress(InetAddress.getByName(host), Integer.parseInt(args[1])));
    } catch (IOException e) {
      System.err.println(e.getMessage());
      System.exit(NOT_STARTED);
      return;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(server::close, "expansion-service-end"));
    System.out.println("ready endpoint=" + host + ":" + server.port());
    System.out.flush();
    while (System.in.read() >= 0) {}
    System.exit(0);
  }
}
