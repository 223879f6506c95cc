package dev.trestle.runner.remote;

import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.jspecify.annotations.Nullable;

/** Options of pipelines that a job server runs. */
public interface JobServerOptions extends PipelineOptions {

  /**
   * The environment variable with the token that a server wants; not an option, for options are
   * sent.
   */
  String TOKEN_VARIABLE = "TRESTLE_TOKEN";

  /** Host and port of a job server, or null to run in this process. */
  @Description(
      "Has a job server run the pipeline: its HOST:PORT. Without it, the pipeline runs in this"
          + " process. A token that the server wants is taken from the environment, TRESTLE_TOKEN.")
  @Nullable String getEndpoint();

  void setEndpoint(@Nullable String endpoint);

  /** Certificates to trust, in PEM; null to talk without TLS. */
  @Description(
      "Talks to the job server with TLS: a file with the certificates, in PEM, that are trusted.")
  @Nullable String getEndpointCertificates();

  void setEndpointCertificates(@Nullable String file);
}
