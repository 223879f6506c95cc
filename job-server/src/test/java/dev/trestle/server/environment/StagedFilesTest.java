package dev.trestle.server.environment;

import static dev.trestle.server.environment.WorkerFixture.artifact;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StagedFilesTest {

  @TempDir Path directory;

  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = Files.writeString(directory.resolve("file"), "content");
  }

  @Test
  void filesHaveTheNamesThatTheClientGivesThem() throws Exception {
    StagedFiles staged =
        StagedFiles.fetch(
            List.of(artifact(file, "a.txt"), artifact(file, "b/c.txt")), WorkerFixture.FILES);
    assertThat(Files.readString(staged.stagedDirectory().resolve("a.txt")), is("content"));
    assertThat(Files.readString(staged.stagedDirectory().resolve("b/c.txt")), is("content"));
    assertThat(staged.files(), hasSize(2));
    staged.close();
    assertThat(Files.exists(staged.directory()), is(false));
  }

  @Test
  void aFileWithoutANameGetsOne() throws Exception {
    try (StagedFiles staged =
        StagedFiles.fetch(List.of(artifact(file, ""), artifact(file, "")), WorkerFixture.FILES)) {
      assertThat(staged.files(), hasSize(2));
      assertThat(staged.files().get(0).path().equals(staged.files().get(1).path()), is(false));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"../escaped", "a/../../escaped", "/escaped", ".", "a/.."})
  void aNameThatLeadsElsewhereIsRefused(String name) {
    IOException refusal =
        assertThrows(
            IOException.class,
            () -> StagedFiles.fetch(List.of(artifact(file, name)), WorkerFixture.FILES));
    assertThat(refusal.getMessage(), containsString("outside of its directory"));
  }

  @Test
  void whatCannotBeReadIsNamed() {
    Path missing = directory.resolve("missing");
    IOException failure =
        assertThrows(
            IOException.class,
            () -> StagedFiles.fetch(List.of(artifact(missing, "a")), WorkerFixture.FILES));
    assertThat(failure.getMessage(), containsString("missing"));
  }
}
