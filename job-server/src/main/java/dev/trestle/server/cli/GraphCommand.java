package dev.trestle.server.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints what Trestle makes of a pipeline, without running it. */
@Command(
    name = "graph",
    description = "Prints the stages and edges that a pipeline becomes. Nothing runs.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  trestle graph wordcount",
      "  trestle graph --format=dot leaderboard | dot -Tsvg > leaderboard.svg",
      "  trestle graph --jars=target/mine.jar org.example.Main --input=words.txt"
    })
public final class GraphCommand implements Callable<Integer> {
  /** How to print. */
  public enum Format {
    text,
    dot
  }

  @Mixin private final Verbosity verbosity = new Verbosity();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "text, or dot for Graphviz.",
      defaultValue = "text")
  private Format format = Format.text;

  @Option(
      names = "--jars",
      paramLabel = "PATH",
      description = "Where your classes are: jars and directories, as in 'java -cp'.")
  private @Nullable String jars;

  @Parameters(index = "0", paramLabel = "PROGRAM", description = Programs.DESCRIPTION)
  private String program = "";

  @Parameters(index = "1..*", paramLabel = "--option=value", description = "Its options.")
  private List<String> arguments = List.of();

  private final Terminal terminal;

  public GraphCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws Exception {
    verbosity.apply();
    List<String> all = new ArrayList<>();
    if (Programs.isExample(program)) { // what they require does not matter here
      all.add("--output=OUTPUT");
      if (program.equals("wordcount")) {
        all.add("--input=INPUT");
      }
      all.removeIf(preset -> arguments.stream().anyMatch(a -> a.startsWith(name(preset))));
    }
    all.addAll(arguments);
    all.removeIf(argument -> argument.startsWith("--runner="));
    all.add("--runner=" + GraphRunner.class.getName());
    all.add("--graphFormat=" + format);
    Programs.call(program, jars, PipelineArguments.normalized(all));
    terminal.out().flush();
    return ExitCodes.DONE;
  }

  private static String name(String argument) {
    return argument.substring(0, argument.indexOf('='));
  }
}
