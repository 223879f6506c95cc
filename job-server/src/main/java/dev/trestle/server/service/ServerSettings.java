package dev.trestle.server.service;

import dev.trestle.server.jobs.JobLimits;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a server is set up.
 *
 * @param address to listen at; port 0 for any that is free
 * @param directory for jobs, artifacts and checkpoints
 * @param tls null for none
 * @param token that clients have to know, null for none
 * @param mostMessageBytes of one request, a pipeline for example
 * @param mostArtifactBytes of one file
 */
public record ServerSettings(
    InetSocketAddress address,
    Path directory,
    @Nullable Tls tls,
    @Nullable String token,
    int mostMessageBytes,
    long mostArtifactBytes,
    JobLimits limits) {

  /** For one request. */
  public static final int DEFAULT_MESSAGE_BYTES = 64 << 20;

  /** For one file. */
  public static final long DEFAULT_ARTIFACT_BYTES = 2L << 30;

  /**
   * What a server shows.
   *
   * @param certificates a chain, in PEM
   * @param key the private key, in PEM (PKCS 8)
   */
  public record Tls(Path certificates, Path key) {}
}
