package dev.trestle.server.environment;

import dev.trestle.runner.worker.WorkerConnection;
import dev.trestle.runner.worker.WorkerException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.beam.fn.harness.FnHarness;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Value;

/** Workers in Java run Beam's harness, on the JDK of this process. */
final class JavaBoot implements WorkerBoot {

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
    String classPath =
        JavaClassPath.of(files, own).stream()
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:-OmitStackTraceInFastThrow");
    command.add("-javaagent:" + JavaClassPath.memoryMeter());
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
}
