package dev.trestle.benchmarks.python;

import dev.trestle.validates.sdk.PythonSdk;
import java.io.IOException;
import java.nio.file.Path;

/** Prints the path of an interpreter that has Beam, which is installed if it is not there. */
public final class Interpreter {

  private Interpreter() {}

  /** Takes the working tree. */
  public static void main(String[] args) throws IOException, InterruptedException {
    System.out.println(PythonSdk.interpreter(Path.of(args[0], "validates-runner/sdks/python")));
  }
}
