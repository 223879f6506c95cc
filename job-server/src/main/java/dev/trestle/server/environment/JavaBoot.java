package dev.trestle.server.environment;

import dev.trestle.runner.worker.WorkerConnection;
import dev.trestle.runner.worker.WorkerException;
import dev.trestle.server.environment.StagedFiles.StagedFile;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.beam.fn.harness.FnHarness;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Value;
import org.github.jamm.MemoryMeter;
import org.slf4j.LoggerFactory;

/**
 * Workers in Java run Beam's harness, on the JDK of this process. Besides the staged files the
 * class path has what they do not: the harness itself, and where it takes its log from.
 */
final class JavaBoot implements WorkerBoot {

  private static final String LOGGING = "slf4j-jdk14.jar";
  private static final String MAIN = FnHarness.class.getName();
  private static final String OPEN_MODULES = "beam:option:jdk_add_open_modules:v1";

  private final Struct pipelineOptions;

  JavaBoot(Struct pipelineOptions) {
    this.pipelineOptions = pipelineOptions;
  }

  @Override
  public List<String> command(
      WorkerConnection connection, StagedFiles files, String options, Path own)
      throws WorkerException, IOException {
    Path logging = own.resolve(LOGGING);
    try (InputStream jar = JavaBoot.class.getResourceAsStream(LOGGING)) {
      if (jar == null) {
        throw new WorkerException("This server has been built without " + LOGGING);
      }
      Files.copy(jar, logging);
    }
    Path jamm = jarOf(MemoryMeter.class);
    String classPath =
        Stream.of(
                Stream.of(jarOf(LoggerFactory.class), logging),
                files.files().stream().map(StagedFile::path),
                Stream.of(jarOf(FnHarness.class), jamm))
            .flatMap(each -> each)
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:-OmitStackTraceInFastThrow");
    command.add("-javaagent:" + jamm);
    for (Value module :
        pipelineOptions
            .getFieldsOrDefault(OPEN_MODULES, Value.getDefaultInstance())
            .getListValue()
            .getValuesList()) {
      command.add("--add-opens=" + module.getStringValue());
    }
    command.addAll(List.of("-cp", classPath, MAIN));
    return command;
  }

  private static Path jarOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(type + " is in no file", e);
    }
  }
}
