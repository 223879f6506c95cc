package dev.trestle.server.cli;

import dev.trestle.runner.worker.WorkerServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.apache.beam.vendor.guava.v32_1_2_jre.com.google.common.net.HostAndPort;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where SDK workers find a server. */
final class WorkerPort {

  @Option(
      names = "--worker-listen",
      paramLabel = "HOST:PORT",
      description =
          "Where SDK workers connect, for worker pools (EXTERNAL) that are not on this machine."
              + " Without it: localhost, and any port. Workers know no TLS, so beyond this machine"
              + " it wants --insecure.")
  private @Nullable String listen;

  @Option(
      names = "--worker-host",
      paramLabel = "NAME",
      description = "By which name such workers find this machine, if not by that address.")
  private @Nullable String host;

  /**
   * Whether others than this machine can reach the port.
   *
   * @throws RefusedException if the options make no sense
   */
  boolean isBeyond() {
    InetSocketAddress address = address();
    boolean anyAddress = address.getAddress().isAnyLocalAddress();
    if (host == null && anyAddress) {
      throw new RefusedException(
          "--worker-listen="
              + listen
              + " is no address for workers to go to: say by --worker-host how they find it.");
    }
    if (host != null && listen == null) {
      throw new RefusedException("--worker-host has no effect without --worker-listen.");
    }
    return !address.getAddress().isLoopbackAddress();
  }

  /** Listens to workers. */
  WorkerServer start() throws IOException {
    InetSocketAddress address = address();
    return WorkerServer.start(address, host == null ? address.getHostString() : host);
  }

  private InetSocketAddress address() {
    try {
      HostAndPort parts = HostAndPort.fromString(listen == null ? "localhost" : listen);
      return new InetSocketAddress(
          InetAddress.getByName(parts.getHost()), parts.getPortOrDefault(0));
    } catch (IllegalArgumentException e) {
      throw new RefusedException("--worker-listen=" + listen + " has to be HOST:PORT.", e);
    } catch (UnknownHostException e) {
      throw new RefusedException("--worker-listen: there is no host '" + listen + "'.", e);
    }
  }
}
