package dev.trestle.server.cli;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * Where something listens.
 *
 * @param host as it was given
 */
record ListenAddress(String host, InetAddress address) {

  private static final String LOCALHOST = "localhost";

  /**
   * @param host what {@code --listen} says, null for localhost
   * @throws RefusedException if there is no such host
   */
  static ListenAddress of(@Nullable String host) {
    String name = host == null ? LOCALHOST : host;
    try {
      return new ListenAddress(name, InetAddress.getByName(name));
    } catch (UnknownHostException e) {
      throw new RefusedException("--listen: there is no host '" + name + "'.", e);
    }
  }

  /** Whether nobody else reaches it. */
  boolean isLoopback() {
    return address.isLoopbackAddress();
  }
}
