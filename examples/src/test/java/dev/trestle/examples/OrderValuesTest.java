package dev.trestle.examples;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrderValuesTest {
  @TempDir Path directory;

  @Test
  void ownTablesAreJoined() throws IOException {
    run();

    assertThat(Runs.lines(directory.resolve("out-valued")), hasSize(10));
    assertThat(
        Runs.lines(directory.resolve("out-valued")),
        hasItems("1001,sleeper oak,4980.00", "1004,pile 9 m,2078.40"));
    assertThat(
        Runs.lines(directory.resolve("out-unknown")),
        containsInAnyOrder("1005,P-09,3", "1009,P-11,1"));
  }

  @Test
  void givenTablesAreJoined() throws IOException {
    Path orders = write("orders.csv", "1,a,2", "2,b,1", "3,c,5");
    Path products = write("products.csv", "a,apple,0.30", "c,cherry,0.05");

    run("--orders=" + orders, "--products=" + products);

    assertThat(
        Runs.lines(directory.resolve("out-valued")),
        containsInAnyOrder("1,apple,0.60", "3,cherry,0.25"));
    assertThat(Runs.lines(directory.resolve("out-unknown")), contains("2,b,1"));
  }

  @Test
  void brokenLineIsShown() throws IOException {
    Path orders = write("orders.csv", "1,a");

    Exception failure = assertThrows(Exception.class, () -> run("--orders=" + orders));

    assertThat(failure.toString() + failure.getCause(), containsString("found 2: 1,a"));
  }

  private Path write(String name, String... lines) throws IOException {
    return Files.writeString(directory.resolve(name), String.join("\n", lines) + "\n");
  }

  private void run(String... arguments) {
    OrderValues.Options options = Runs.options(OrderValues.Options.class, output(arguments));
    OrderValues.build(options).run().waitUntilFinish();
  }

  private String[] output(String... arguments) {
    String[] all = Arrays.copyOf(arguments, arguments.length + 1);
    all[arguments.length] = "--output=" + directory.resolve("out");
    return all;
  }
}
