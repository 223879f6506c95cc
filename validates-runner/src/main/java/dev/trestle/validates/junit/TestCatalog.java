package dev.trestle.validates.junit;

import dev.trestle.validates.suite.TestId;
import dev.trestle.validates.suite.UsageException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.Ignore;
import org.junit.Test;
import org.junit.experimental.categories.Category;
import org.junit.runner.Description;
import org.junit.runner.Request;
import org.junit.runner.RunWith;

/**
 * The JUnit 4 tests in some jars or folders, chosen by category.
 *
 * <p>JUnit's own {@code Categories.CategoryFilter} is not used: given several categories to leave
 * out, it leaves out only the tests that carry all of them.
 *
 * @param tests the tests found
 * @param unloadable classes that could not be loaded or described, with the reason
 */
public record TestCatalog(NavigableSet<TestId> tests, NavigableMap<String, String> unloadable) {
  static final String BEAM_VERSION = "2.73.0";

  private static final Pattern BEAM_TESTS =
      Pattern.compile("beam-(sdks-java-core|runners-core-java)-.*-tests\\.jar");

  /**
   * Beam's two test jars on this process's class path.
   *
   * @throws UsageException if they are not there
   */
  public static List<Path> beamTestJars() {
    List<Path> jars =
        Arrays.stream(System.getProperty("java.class.path", "").split(File.pathSeparator))
            .map(Path::of)
            .filter(path -> BEAM_TESTS.matcher(String.valueOf(path.getFileName())).matches())
            .distinct()
            .toList();
    if (jars.size() != 2) {
      throw new UsageException("the class path should have Beam's two test jars, but has " + jars);
    }
    return jars;
  }

  /**
   * Finds the tests that carry {@code included} and none of {@code excluded}, on the method or on
   * its class; a narrower category stands for a wider one. Tests that their authors ignore are left
   * out.
   */
  public static TestCatalog of(List<Path> roots, Class<?> included, Set<Class<?>> excluded) {
    NavigableSet<TestId> tests = new TreeSet<>();
    NavigableMap<String, String> unloadable = new TreeMap<>();
    for (Path root : roots) {
      for (String name : classNames(root)) {
        try {
          Class<?> candidate = Class.forName(name, false, TestCatalog.class.getClassLoader());
          if (mayHaveTests(candidate)) {
            leaves(Request.aClass(candidate).getRunner().getDescription())
                .filter(leaf -> isChosen(leaf, included, excluded))
                .map(leaf -> new TestId(leaf.getClassName(), leaf.getMethodName()))
                .forEach(tests::add);
          }
        } catch (ReflectiveOperationException | LinkageError | RuntimeException trouble) {
          unloadable.put(name, trouble.toString());
        }
      }
    }
    return new TestCatalog(tests, unloadable);
  }

  private static List<String> classNames(Path root) {
    try {
      return files(root).stream()
          .filter(file -> file.endsWith(".class"))
          .map(file -> file.substring(0, file.length() - ".class".length()).replace('/', '.'))
          .filter(name -> !name.endsWith("-info") && !name.contains(".repackaged."))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Collection<String> files(Path root) throws IOException {
    if (Files.isDirectory(root)) {
      try (Stream<Path> files = Files.walk(root)) {
        return files
            .map(file -> root.relativize(file).toString().replace(File.separatorChar, '/'))
            .toList();
      }
    }
    try (JarFile jar = new JarFile(root.toFile())) {
      return jar.stream().map(JarEntry::getName).toList();
    }
  }

  private static boolean mayHaveTests(Class<?> candidate) {
    return Modifier.isPublic(candidate.getModifiers())
        && !Modifier.isAbstract(candidate.getModifiers())
        && (candidate.isAnnotationPresent(RunWith.class)
            || Arrays.stream(candidate.getMethods()).anyMatch(TestCatalog::isTest));
  }

  private static boolean isTest(Method method) {
    return method.isAnnotationPresent(Test.class);
  }

  private static Stream<Description> leaves(Description description) {
    return description.isTest()
        ? Stream.of(description)
        : description.getChildren().stream().flatMap(TestCatalog::leaves);
  }

  private static boolean isChosen(Description leaf, Class<?> included, Set<Class<?>> excluded) {
    List<Class<?>> categories = new ArrayList<>(categories(leaf.getAnnotation(Category.class)));
    Class<?> testClass = leaf.getTestClass();
    if (testClass != null) {
      categories.addAll(categories(testClass.getAnnotation(Category.class)));
    }
    return !isIgnored(leaf)
        && categories.stream().anyMatch(included::isAssignableFrom)
        && categories.stream()
            .noneMatch(category -> excluded.stream().anyMatch(e -> e.isAssignableFrom(category)));
  }

  private static boolean isIgnored(Description leaf) {
    Class<?> testClass = leaf.getTestClass();
    return leaf.getAnnotation(Ignore.class) != null
        || (testClass != null && testClass.isAnnotationPresent(Ignore.class));
  }

  private static List<Class<?>> categories(@Nullable Category category) {
    return category == null ? List.of() : List.of(category.value());
  }
}
