package dev.trestle.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.trestle.runner.control.ControlDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The job servers that this user runs on this machine: each leaves a file with its address. */
final class LocalServers {

  private static final Logger LOG = LoggerFactory.getLogger(LocalServers.class);
  private static final String SUFFIX = ".server";

  /**
   * A server.
   *
   * @param endpoint host and port
   * @param certificates what it shows, null if it talks without TLS
   */
  record Address(String endpoint, @Nullable String certificates) {}

  private final ControlDirectory directory;

  LocalServers(ControlDirectory directory) {
    this.directory = directory;
  }

  /** Makes a server known. If that is not possible it is logged, and it has to be named. */
  void add(int port, Address address) {
    try {
      directory.make();
      String certificates = address.certificates() == null ? "" : address.certificates();
      Files.writeString(file(port), address.endpoint() + "\n" + certificates + "\n", UTF_8);
    } catch (IOException | UnsupportedOperationException e) {
      LOG.warn("The server is not found without --endpoint: {}", e.toString());
    }
  }

  void remove(int port) {
    try {
      Files.deleteIfExists(file(port));
    } catch (IOException e) {
      LOG.warn("{} stays", file(port), e);
    }
  }

  /** All that have been made known, also such as have died. */
  List<Address> list() throws IOException {
    if (!Files.isDirectory(directory.path())) {
      return List.of();
    }
    List<Address> servers = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory.path())) {
      for (Path file : files.filter(each -> each.toString().endsWith(SUFFIX)).sorted().toList()) {
        read(file, servers);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return servers;
  }

  private static void read(Path file, List<Address> to) throws IOException {
    try {
      List<String> lines = Files.readAllLines(file, UTF_8);
      if (lines.size() >= 2) {
        to.add(new Address(lines.get(0), lines.get(1).isEmpty() ? null : lines.get(1)));
      }
    } catch (NoSuchFileException e) {
      LOG.debug("A server has just ended", e);
    }
  }

  private Path file(int port) {
    return directory.path().resolve(port + SUFFIX);
  }
}
