package dev.trestle.integration.process;

import static java.util.Objects.requireNonNullElse;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;

/**
 * The main class of every {@link JavaProcess}: runs another one, and ends the process when the one
 * that started it is gone, however it went.
 */
final class ChildMain {

  private static final int ORPHANED = 3;

  private ChildMain() {}

  /** Takes the name of the other main class and its arguments. */
  public static void main(String[] args) throws ReflectiveOperationException {
    Thread watch = new Thread(ChildMain::endWithParent, "parent-watch");
    watch.setDaemon(true);
    watch.start();
    try {
      Class.forName(args[0])
          .getMethod("main", String[].class)
          .invoke(null, (Object) Arrays.copyOfRange(args, 1, args.length));
    } catch (InvocationTargetException e) {
      requireNonNullElse(e.getCause(), e).printStackTrace();
      System.exit(1);
    }
  }

  /** The parent holds the other end of the input and never writes: it ends when the parent does. */
  private static void endWithParent() {
    try {
      while (System.in.read() >= 0) {}
    } catch (IOException e) {
      // As good as the end.
    }
    Runtime.getRuntime().halt(ORPHANED);
  }
}
