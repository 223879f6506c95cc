package dev.trestle.server.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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

  @Mixin private final ProgramChoice choice = new ProgramChoice();

  private final Terminal terminal;

  public GraphCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws Exception {
    verbosity.apply();
    List<String> all = new ArrayList<>();
    if (Programs.isExample(choice.program())) { // what they require does not matter here
      all.add("--output=OUTPUT");
      if (choice.program().equals("wordcount")) {
        all.add("--input=INPUT");
      }
      all.removeIf(preset -> choice.arguments().stream().anyMatch(a -> a.startsWith(name(preset))));
    }
    all.addAll(choice.arguments());
    all.removeIf(argument -> argument.startsWith("--runner="));
    all.add("--runner=" + GraphRunner.class.getName());
    all.add("--graphFormat=" + format);
    choice.call(all);
    terminal.out().flush();
    return ExitCodes.DONE;
  }

  private static String name(String argument) {
    return argument.substring(0, argument.indexOf('='));
  }
}
