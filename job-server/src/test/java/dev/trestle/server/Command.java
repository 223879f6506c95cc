package dev.trestle.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.trestle.server.cli.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;

/** A command line that was run in this process. */
record Command(int exitCode, String out, String err) {

  static Command run(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream processOut = System.out;
    System.setOut(new PrintStream(out, true, UTF_8));
    try {
      int exitCode =
          TrestleCommand.run(
              new Terminal(System.out, new PrintStream(err, true, UTF_8)), arguments);
      return new Command(exitCode, out.toString(UTF_8), err.toString(UTF_8));
    } finally {
      System.setOut(processOut);
    }
  }
}
