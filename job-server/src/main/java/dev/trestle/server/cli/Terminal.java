package dev.trestle.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;

/**
 * Where a command speaks.
 *
 * @param out results
 * @param err progress and errors
 */
public record Terminal(PrintStream out, PrintStream err) {

  /** The process's own streams, in UTF-8 as the files are. */
  public static Terminal ofProcess() {
    PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);
    PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, UTF_8);
    System.setOut(out); // pipelines print, too
    System.setErr(err);
    return new Terminal(out, err);
  }
}
