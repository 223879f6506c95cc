package dev.trestle.expansion;

import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.beam.sdk.expansion.service.ExpansionServiceOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.PortablePipelineOptions;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Server;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.netty.NettyServerBuilder;

/**
 * Expands transforms, and hands out the class path that their workers need. The environment that
 * goes into pipelines is a process without a command, which Trestle's job server starts itself. Any
 * thread may call.
 */
final class ExpansionServer implements AutoCloseable {

  /** Of a transform with all that it takes in, as large as a job server takes pipelines. */
  private static final int MOST_MESSAGE_BYTES = 64 << 20;

  private static final long GRACE_SECONDS = 1;

  private final Server server;

  private ExpansionServer(Server server) {
    this.server = server;
  }

  /**
   * Starts one.
   *
   * @throws IOException if the address cannot be had; the message is for the user
   */
  static ExpansionServer start(InetSocketAddress address) throws IOException {
    return new ExpansionServer(
        NettyServerBuilder.forAddress(address)
            .maxInboundMessageSize(MOST_MESSAGE_BYTES)
            .addService(new Transforms(options()))
            .addService(new ClassPathArtifacts())
            .build()
            .start());
  }

  private static ExpansionServiceOptions options() {
    ExpansionServiceOptions options =
        PipelineOptionsFactory.create().as(ExpansionServiceOptions.class);
    options.setJavaClassLookupAllowlistFile("*");
    PortablePipelineOptions portable = options.as(PortablePipelineOptions.class);
    portable.setDefaultEnvironmentType("PROCESS");
    portable.setDefaultEnvironmentConfig("{}");
    portable.setFilesToStage(classPath());
    return options;
  }

  private static List<String> classPath() {
    return Pattern.compile(File.pathSeparator, Pattern.LITERAL)
        .splitAsStream(System.getProperty("java.class.path", ""))
        .filter(entry -> Files.exists(Path.of(entry)) && !entry.isEmpty())
        .collect(Collectors.toList());
  }

  /** Where it listens. */
  int port() {
    return server.getPort();
  }

  /** Takes no more calls, and lets those that are under way end if they do so soon. */
  @Override
  public void close() {
    try {
      if (!server.shutdown().awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS)) {
        server.shutdownNow();
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
