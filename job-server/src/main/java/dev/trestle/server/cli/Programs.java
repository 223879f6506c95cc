package dev.trestle.server.cli;

import dev.trestle.examples.Leaderboard;
import dev.trestle.examples.OrderValues;
import dev.trestle.examples.WordCount;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/** Main classes that make and run a pipeline: the examples by short names, others by their own. */
final class Programs {
  private static final Map<String, Class<?>> EXAMPLES =
      Map.of(
          "wordcount", WordCount.class,
          "leaderboard", Leaderboard.class,
          "orders", OrderValues.class);

  private static final String JAR = ".jar";
  private static final String ALL_JARS = File.separator + "*";

  /** For the help of commands that take a program. */
  static final String DESCRIPTION =
      "An example (wordcount, leaderboard, orders), a jar that says its main class, or the name of"
          + " one.";

  private Programs() {}

  /**
   * Calls a program's main method.
   *
   * @param classPath jars and directories, as in {@code java -cp}; null for none
   * @throws Exception what the program throws
   */
  static void call(String program, @Nullable String classPath, List<String> arguments)
      throws Exception {
    boolean jar = program.endsWith(JAR);
    String more = classPath == null ? "" : File.pathSeparator + classPath;
    String path = jar ? program + more : classPath;
    ClassLoader loader = path == null ? Programs.class.getClassLoader() : loader(path);
    Method main = main(jar ? mainClass(program) : program, loader);
    Thread.currentThread().setContextClassLoader(loader);
    try {
      main.invoke(null, (Object) arguments.toArray(String[]::new));
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Exception failure) {
        throw failure;
      }
      throw e;
    }
  }

  /** What the manifest says. */
  private static String mainClass(String file) throws IOException {
    if (!new File(file).exists()) {
      throw new RefusedException("there is no file '" + file + "'.");
    }
    try (JarFile jar = new JarFile(file)) {
      Manifest manifest = jar.getManifest();
      String main =
          manifest == null
              ? null
              : manifest.getMainAttributes().getValue(Attributes.Name.MAIN_CLASS);
      if (main == null) {
        throw new RefusedException(
            "'" + file + "' does not say its main class; name it: --jars=" + file + " CLASS.");
      }
      return main;
    }
  }

  /** Whether it comes with Trestle. */
  static boolean isExample(String program) {
    return EXAMPLES.containsKey(program);
  }

  private static Method main(String program, ClassLoader loader) {
    Class<?> example = EXAMPLES.get(program);
    try {
      Class<?> type = example == null ? Class.forName(program, true, loader) : example;
      return type.getMethod("main", String[].class);
    } catch (ClassNotFoundException e) {
      throw new RefusedException(
          "there is no example and no class '" + program + "'; --jars=FILE:... says where to look.",
          e);
    } catch (NoSuchMethodException e) {
      throw new RefusedException("the class '" + program + "' has no public main method.", e);
    }
  }

  /** Never closed: the program's threads may need it to the end. */
  static ClassLoader loader(String classPath) {
    List<URL> urls = new ArrayList<>();
    for (String place : classPath.split(File.pathSeparator, -1)) {
      for (File file : files(place)) {
        try {
          urls.add(file.toURI().toURL());
        } catch (MalformedURLException e) {
          throw new IllegalStateException(e);
        }
      }
    }
    return new URLClassLoader(urls.toArray(URL[]::new), Programs.class.getClassLoader());
  }

  /** The file or directory of that name; with an asterisk behind a directory, the jars in it. */
  private static List<File> files(String place) {
    boolean all = place.endsWith(ALL_JARS);
    File file = new File(all ? place.substring(0, place.length() - ALL_JARS.length()) : place);
    File[] jars = file.listFiles((directory, name) -> name.endsWith(".jar"));
    if (!file.exists() || (all && jars == null)) {
      throw new RefusedException("--jars: there is no file '" + place + "'.");
    }
    return all && jars != null ? List.of(jars) : List.of(file);
  }
}
