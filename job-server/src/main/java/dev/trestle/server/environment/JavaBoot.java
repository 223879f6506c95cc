package dev.trestle.server.environment;

import dev.trestle.runner.worker.WorkerConnection;
import dev.trestle.runner.worker.WorkerException;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import org.apache.beam.fn.harness.FnHarness;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Value;

/**
 * Workers in Java run Beam's harness, on the JDK of this process, as Beam's own container does: an
 * agent measures objects, and old versions of TLS are allowed, for there are databases that speak
 * nothing else.
 */
final class JavaBoot implements WorkerBoot {

  private static final String MAIN = FnHarness.class.getName();
  private static final String OPEN_MODULES = "beam:option:jdk_add_open_modules:v1";
  private static final String ROOT_MODULES = "beam:option:jdk_add_root_modules:v1";
  private static final String EXPERIMENTS = "beam:option:experiments:v1";
  private static final String OWN_LOGGING = "use_custom_logging_libraries";

  private static final List<String> OLD_TLS = List.of("TLSv1", "TLSv1.1");
  private static final String DISABLED_TLS = "jdk.tls.disabledAlgorithms";
  private static final String LEGACY_TLS = "jdk.tls.legacyAlgorithms";

  private final Struct pipelineOptions;

  JavaBoot(Struct pipelineOptions) {
    this.pipelineOptions = pipelineOptions;
  }

  @Override
  public List<String> command(
      WorkerConnection connection, StagedFiles files, String options, Path own)
      throws WorkerException, IOException {
    boolean logsItself = option(EXPERIMENTS).contains(OWN_LOGGING);
    List<Path> classPath =
        logsItself ? JavaClassPath.ofLoggingItself(files) : JavaClassPath.of(files, own);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (!logsItself) {
      command.add("-D" + JavaClassPath.SLF4J_VERBOSITY + "=" + JavaClassPath.SLF4J_ERRORS);
    }
    command.add("-XX:-OmitStackTraceInFastThrow");
    command.add("-javaagent:" + JavaClassPath.memoryMeter());
    command.add("-Djava.security.properties=" + securityProperties(own));
    option(OPEN_MODULES).forEach(module -> command.add("--add-opens=" + module));
    option(ROOT_MODULES).forEach(module -> command.add("--add-modules=" + module));
    command.add("-cp");
    command.add(
        classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
    command.add(MAIN);
    return command;
  }

  private List<String> option(String name) {
    return pipelineOptions
        .getFieldsOrDefault(name, Value.getDefaultInstance())
        .getListValue()
        .getValuesList()
        .stream()
        .map(Value::getStringValue)
        .toList();
  }

  /** A file with what is other than in this JDK's {@code java.security}. */
  private static Path securityProperties(Path own) throws IOException {
    Properties properties = new Properties();
    List<String> disabled = algorithms(DISABLED_TLS);
    disabled.removeAll(OLD_TLS);
    properties.setProperty(DISABLED_TLS, String.join(", ", disabled));
    List<String> legacy = algorithms(LEGACY_TLS);
    legacy.addAll(OLD_TLS);
    properties.setProperty(LEGACY_TLS, String.join(", ", legacy));
    Path file = own.resolve("java.security");
    try (Writer writer = Files.newBufferedWriter(file)) {
      properties.store(writer, null);
    }
    return file;
  }

  private static List<String> algorithms(String property) {
    String all = Security.getProperty(property);
    return all == null || all.isBlank()
        ? new ArrayList<>()
        : new ArrayList<>(List.of(all.strip().split("\\s*,\\s*")));
  }
}
