package example;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Prints what is added to its class path under one name. */
public final class ResourceProgram {

  public static final String RESOURCE = "added";

  private ResourceProgram() {}

  public static void main(String[] args) throws IOException {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    try (InputStream in = loader.getResourceAsStream(RESOURCE)) {
      System.out.print(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
