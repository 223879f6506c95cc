package dev.trestle.server.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which program a command is about, and what that program is told. */
final class ProgramChoice {

  @Option(
      names = "--jars",
      paramLabel = "PATH",
      description = "Where your classes are: jars, DIR/* and directories, as in 'java -cp'.")
  private @Nullable String jars;

  @Parameters(index = "0", paramLabel = "PROGRAM", description = Programs.DESCRIPTION)
  private String program = "";

  @Parameters(index = "1..*", paramLabel = "--option=value", description = "Its options.")
  private List<String> arguments = List.of();

  String program() {
    return program;
  }

  /** The program's options, as they were given. */
  List<String> arguments() {
    return arguments;
  }

  /** Runs the program with these options. */
  void call(List<String> options) throws Exception {
    Programs.call(program, jars, PipelineArguments.normalized(options));
  }
}
