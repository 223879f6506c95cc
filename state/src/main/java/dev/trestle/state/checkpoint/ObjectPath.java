package dev.trestle.state.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * What the path of an object may be: segments separated by '/', each of 1 to 200 characters out of
 * letters, digits and {@code . _ - %}, the first no dot. Names that begin with a dot are a store's
 * own business.
 */
public final class ObjectPath {

  private static final int MAX_SEGMENT = 200;

  private ObjectPath() {}

  /**
   * The path itself.
   *
   * @throws IllegalArgumentException if it may not be one
   */
  public static String check(String path) {
    if (!isPath(path)) {
      throw new IllegalArgumentException("Not the path of an object: '" + path + "'");
    }
    return path;
  }

  /** Whether this may be the path of an object. */
  public static boolean isPath(String path) {
    int start = 0;
    while (true) {
      int slash = path.indexOf('/', start);
      int end = slash < 0 ? path.length() : slash;
      if (!isSegment(path, start, end)) {
        return false;
      }
      if (slash < 0) {
        return true;
      }
      start = slash + 1;
    }
  }

  /**
   * The prefix itself.
   *
   * @throws IllegalArgumentException if it is neither empty nor a path and a '/'
   */
  public static String checkPrefix(String prefix) {
    if (!prefix.isEmpty()) {
      if (!prefix.endsWith("/")) {
        throw new IllegalArgumentException("Not a prefix of objects: '" + prefix + "'");
      }
      check(prefix.substring(0, prefix.length() - 1));
    }
    return prefix;
  }

  private static boolean isSegment(String path, int start, int end) {
    if (start == end || end - start > MAX_SEGMENT || path.charAt(start) == '.') {
      return false;
    }
    for (int i = start; i < end; i++) {
      char c = path.charAt(i);
      if (c != '%' && !isPlain(c)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isPlain(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '.'
        || c == '_'
        || c == '-';
  }

  /** Any text as one segment: other characters percent-encoded, two texts never the same. */
  static String segment(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      int c = b & 0xff;
      if (isPlain(c) && !(c == '.' && encoded.isEmpty())) {
        encoded.append((char) c);
      } else {
        encoded.append('%').append(String.format("%02X", c));
      }
    }
    return encoded.toString();
  }

  /**
   * The text that {@link #segment} made this of; the segment itself if it did not.
   *
   * @param segment of an object's path
   */
  static String text(String segment) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      for (int i = 0; i < segment.length(); i++) {
        char c = segment.charAt(i);
        if (c == '%') {
          bytes.write(Integer.parseInt(segment, i + 1, i + 3, 16));
          i += 2;
        } else {
          bytes.write(c);
        }
      }
    } catch (IndexOutOfBoundsException | NumberFormatException e) {
      return segment;
    }
    String text = bytes.toString(StandardCharsets.UTF_8);
    return segment(text).equals(segment) ? text : segment;
  }
}
