package dev.trestle.runner.operator;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Makes private copies of a factory and of the package it lives in, one for each node of a graph.
 *
 * <p>HotSpot keeps one profile per bytecode. Where a chain of ParDos runs through one operator
 * class, each call site in it (of the DoFn, of the next operator) has seen every DoFn and every
 * receiver of the job, and none can be inlined. A copy of the class has a profile of its own; its
 * call sites see one target. {@code BEAM-NOTES.md} has the gain: five times and more where the
 * DoFns are trivial.
 *
 * <p>A copy is made by a class loader that defines the classes of one package anew, from the same
 * class files, and leaves every other class to its parent. Within a copy package-private access
 * works as usual; across copies there is none. Values pass in and out through types of other
 * packages only. Classes are defined when first used, and unloaded with their node.
 *
 * <p>Thread safe.
 *
 * @param <T> how the copies are seen from outside; not of the copied package
 */
public final class Specialized<T> {

  private final Class<T> type;
  private final Class<? extends T> template;
  private final String prefix;
  private final Map<String, byte[]> classFiles = new ConcurrentHashMap<>();
  private final Map<String, Set<String>> signatureTypes = new ConcurrentHashMap<>();

  /**
   * Copies of a class.
   *
   * @param template public, with a public constructor without parameters
   */
  public Specialized(Class<T> type, Class<? extends T> template) {
    if (type.getPackage().equals(template.getPackage())) {
      throw new IllegalArgumentException(type + " would be copied together with " + template);
    }
    this.type = type;
    this.template = template;
    prefix = template.getPackageName() + ".";
  }

  /** An instance of a new copy. */
  public T newCopy() {
    try {
      Class<?> copy = new PackageLoader().loadClass(template.getName());
      return type.cast(copy.getConstructor().newInstance());
    } catch (InvocationTargetException e) {
      throw new IllegalStateException("Cannot construct " + template, e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Cannot copy " + template, e);
    }
  }

  private byte[] classFile(String name) {
    return classFiles.computeIfAbsent(
        name,
        unused -> {
          String resource = name.replace('.', '/') + ".class";
          try (InputStream in = template.getClassLoader().getResourceAsStream(resource)) {
            return in == null ? new byte[0] : in.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** The types of other packages that the methods of a class mention. */
  private Set<String> signatureTypes(Class<?> copy) {
    Set<String> types = signatureTypes.get(copy.getName());
    if (types == null) {
      types = new HashSet<>();
      for (Method method : copy.getDeclaredMethods()) {
        addTypesOf(method, types);
      }
      signatureTypes.put(copy.getName(), types);
    }
    return types;
  }

  private void addTypesOf(Method method, Set<String> types) {
    Stream.concat(Stream.of(method.getReturnType()), Stream.of(method.getParameterTypes()))
        .filter(type -> !type.isPrimitive() && !type.isArray() && !isCopied(type.getName()))
        .forEach(type -> types.add(type.getName()));
  }

  private boolean isCopied(String className) {
    return className.startsWith(prefix) && className.indexOf('.', prefix.length()) < 0;
  }

  private final class PackageLoader extends ClassLoader {

    static {
      registerAsParallelCapable();
    }

    private final Set<String> resolved = ConcurrentHashMap.newKeySet();

    PackageLoader() {
      super("trestle-copy", template.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!isCopied(name)) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded != null ? loaded : findClass(name);
      }
    }

    /**
     * The JIT inlines no method whose signature mentions a class that this very loader has not been
     * asked for, though its parent has long loaded it ("unloaded signature classes").
     */
    private void resolveSignatures(Class<?> copy) throws ClassNotFoundException {
      for (String type : signatureTypes(copy)) {
        if (resolved.add(type)) {
          Class.forName(type, false, this);
        }
      }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      byte[] bytes = classFile(name);
      if (bytes.length == 0) {
        throw new ClassNotFoundException(name);
      }
      Class<?> copy = defineClass(name, bytes, 0, bytes.length, template.getProtectionDomain());
      resolveSignatures(copy);
      return copy;
    }
  }
}
