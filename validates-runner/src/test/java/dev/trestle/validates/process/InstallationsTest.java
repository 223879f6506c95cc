package dev.trestle.validates.process;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstallationsTest {
  @TempDir Path root;
  @TempDir Path pins;
  private final AtomicInteger installed = new AtomicInteger();
  private Path pin;
  private Installations installations;

  @BeforeEach
  void pin() throws IOException {
    pin = Files.writeString(pins.resolve("requirements.txt"), "thing==1");
    installations = new Installations(root);
  }

  @Test
  void whatIsThereIsNotInstalledAgain() throws Exception {
    Path first = install(directory -> Files.createFile(directory.resolve("thing")));
    Path second = install(directory -> Files.createFile(directory.resolve("thing")));
    assertThat(second, is(first));
    assertThat(installed.get(), is(1));
  }

  @Test
  void anotherVersionIsAnotherDirectory() throws Exception {
    Path first = install(directory -> {});
    Files.writeString(pin, "thing==2");
    assertThat(install(directory -> {}), is(not(first)));
    assertThat(installed.get(), is(2));
  }

  @Test
  void whatWasHalfDoneIsDoneAnew() throws Exception {
    assertThrows(
        IOException.class,
        () ->
            install(
                directory -> {
                  Files.createDirectories(directory.resolve("half"));
                  throw new IOException("no connection");
                }));
    Path directory = install(anew -> {});
    assertThat(Files.exists(directory.resolve("half")), is(false));
    assertThat(installed.get(), is(2));
  }

  @Test
  void aCommandThatFailsLeavesItsOutput() throws Exception {
    String message =
        assertThrows(
                IOException.class,
                () ->
                    install(
                        directory ->
                            Installations.run(
                                directory,
                                directory,
                                Map.of("WHY", "because"),
                                "sh",
                                "-c",
                                "echo $WHY; exit 5")))
            .getMessage();
    assertThat(message, allOf(containsString("status 5"), containsString("install.log")));
    Path log = Path.of(message.replaceAll(".*see (.*install\\.log).*", "$1"));
    assertThat(Files.readString(log), is("because\n"));
  }

  private Path install(Installations.Installation installation)
      throws IOException, InterruptedException {
    return installations.directory(
        "thing",
        List.of(pin),
        directory -> {
          installed.incrementAndGet();
          installation.into(directory);
        });
  }
}
