package dev.trestle.server.environment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.runner.worker.WorkerException;
import dev.trestle.server.environment.Sdk.Language;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which Python is taken, and when it is asked. Python is a program of the test's. */
final class PythonInterpretersTest {

  private static final Sdk SDK = new Sdk(Language.PYTHON, "3.11", "2.73.0");
  private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));

  private final PythonInterpreters interpreters = new PythonInterpreters();

  @TempDir Path directory;

  private Path packages;

  @BeforeEach
  void makePackages() throws IOException {
    packages = Files.createDirectory(directory.resolve("packages"));
    Files.setLastModifiedTime(packages, LONG_AGO);
  }

  private Path python(String version, String beam) throws IOException {
    Path python =
        WorkerFixture.script(
            directory.resolve("python"),
            "echo asked >> " + asked(),
            "echo a warning >&2",
            String.format(
                "echo \"{'executable': '$0', 'version': '%s', 'beam': '%s',"
                    + " 'site': [], 'path': ['%s']}\" | tr \\' '\"'",
                version, beam, packages));
    Files.setLastModifiedTime(python, LONG_AGO);
    return python;
  }

  private Path asked() {
    return directory.resolve("asked");
  }

  private int timesAsked() throws IOException {
    return Files.readAllLines(asked()).size();
  }

  private PythonInterpreter find(Path python) throws WorkerException, InterruptedException {
    return interpreters.find(SDK, Optional.of(python.toString()));
  }

  @Test
  void anInterpreterIsAskedOnce() throws Exception {
    Path python = python("3.11", "2.73.0");
    PythonInterpreter found = find(python);
    assertThat(found.executable(), is(python.toString()));
    assertThat(find(python), is(found));
    assertThat(timesAsked(), is(1));
  }

  @Test
  void itIsAskedAgainWhenSomethingIsInstalled() throws Exception {
    Path python = python("3.11", "2.73.0");
    find(python);
    Files.createDirectory(packages.resolve("another"));
    find(python);
    find(python);
    assertThat("what has just changed may go on to", timesAsked(), is(3));
  }

  @Test
  void itIsAskedAgainWhenItIsAnother() throws Exception {
    find(python("3.11", "2.73.0"));
    Path python = python("3.11", "2.72.0");
    Files.setLastModifiedTime(python, FileTime.from(Instant.now()));
    assertThat(find(python).beamVersion(), is("2.72.0"));
  }

  @Test
  void oneThatHasGoneIsNotTaken() throws Exception {
    Path python = python("3.11", "2.73.0");
    find(python);
    Files.delete(python);
    WorkerException thrown = assertThrows(WorkerException.class, () -> find(python));
    assertThat(thrown.getMessage(), containsString("there is no Python 3.11 among " + python));
  }

  @Test
  void notAllThatWasEverWantedIsRemembered() throws Exception {
    Path python = python("3.11", "2.73.0");
    find(python);
    for (int i = 0; i < 20; i++) {
      interpreters.find(
          new Sdk(Language.PYTHON, "3.11", "2.0." + i), Optional.of(python.toString()));
    }
    find(python);
    assertThat(timesAsked(), is(22));
  }

  @Test
  void whatIsNoPythonIsNone() throws Exception {
    assertThat(PythonInterpreter.probe(python("3.11", "").toString()), is(notNullValue()));
    for (String says : new String[] {"", "hello", "{}", "[]", "{'version': 1}"}) {
      Path other = WorkerFixture.script(directory.resolve("other"), "echo \"" + says + "\"");
      assertThat(says, PythonInterpreter.probe(other.toString()), is(nullValue()));
    }
    Path failing = WorkerFixture.script(directory.resolve("failing"), "exit 1");
    assertThat(PythonInterpreter.probe(failing.toString()), is(nullValue()));
  }
}
