package dev.trestle.validates;

import dev.trestle.validates.process.Services;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A Kafka broker, of the module with the integration tests, which {@code run.sh} has built. */
final class KafkaBroker {

  private static final String MAIN = "dev.trestle.integration.kafka.BrokerMain";

  private KafkaBroker() {}

  /** Where its classes are. */
  static String classPath(SuiteOptions options) throws IOException {
    Path built = options.places().root().resolve("integration-tests").resolve("target");
    return String.join(
        File.pathSeparator,
        built.resolve("classes").toString(),
        Files.readString(built.resolve("trestle.classpath")).strip());
  }

  /** Starts it; its address. It makes topics that somebody uses. */
  static String start(SuiteOptions options, Services services)
      throws IOException, InterruptedException {
    String classPath = classPath(options);
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String directory = services.logs().resolve("kafka").toString();
    return services.start(
        "kafka",
        port ->
            List.of(java, "-Xmx128m", "-cp", classPath, MAIN, directory, Integer.toString(port)));
  }
}
