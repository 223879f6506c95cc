package dev.trestle.server.service;

import dev.trestle.server.jobs.JobLimits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/** A server in a process of its own, for tests that kill it: {@code PORT DIRECTORY}. */
public final class ServerMain {

  private ServerMain() {}

  /** Prints its port when it is ready, and runs until it is killed. */
  public static void main(String[] arguments) throws Exception {
    ServerSettings settings =
        new ServerSettings(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0])),
            Path.of(arguments[1]),
            null,
            null,
            TestServer.MESSAGE_BYTES,
            TestServer.ARTIFACT_BYTES,
            JobLimits.DEFAULTS);
    JobServer server = JobServer.start(settings, new ThisJvmLauncher());
    System.out.println("port " + server.port());
    server.await();
  }
}
