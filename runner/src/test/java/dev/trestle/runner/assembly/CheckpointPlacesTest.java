package dev.trestle.runner.assembly;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.runner.TrestlePipelineOptions;
import dev.trestle.state.checkpoint.DirectoryStore;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.beam.sdk.io.FileSystemRegistrar;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CheckpointPlacesTest {

  @TempDir Path directory;

  private final ClassLoader before = Thread.currentThread().getContextClassLoader();

  @AfterEach
  void restore() {
    Thread.currentThread().setContextClassLoader(before);
    FileSystems.setDefaultPipelineOptions(PipelineOptionsFactory.create());
  }

  private static TrestlePipelineOptions options(String... args) {
    return PipelineOptionsFactory.fromArgs(args).as(TrestlePipelineOptions.class);
  }

  /** As if the class path had the jar of another of Beam's file systems. */
  private void addFileSystem() throws IOException {
    Path services = Files.createDirectories(directory.resolve("META-INF/services"));
    Files.writeString(
        services.resolve(FileSystemRegistrar.class.getName()),
        OtherFileSystem.Registrar.class.getName());
    Thread.currentThread()
        .setContextClassLoader(new URLClassLoader(new URL[] {directory.toUri().toURL()}, before));
    FileSystems.setDefaultPipelineOptions(PipelineOptionsFactory.create());
  }

  @Test
  void pathIsADirectory() throws IOException {
    assertThat(
        CheckpointPlaces.open(options("--checkpointDir=" + directory)),
        is(instanceOf(DirectoryStore.class)));
  }

  @Test
  void unknownSchemeIsRefused() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> CheckpointPlaces.open(options("--checkpointDir=other://place")));
    assertThat(
        refused.getMessage(),
        allOf(
            containsString("--checkpointDir=other://place"),
            not(containsString("--checkpointWithoutFencing"))));
  }

  @Test
  void fileSystemOfBeamNeedsConsent() throws IOException {
    addFileSystem();
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> CheckpointPlaces.open(options("--checkpointDir=other://place/a")));
    assertThat(
        refused.getMessage(),
        allOf(
            containsString("--checkpointDir=other://place/a"),
            containsString("two processes"),
            containsString("--checkpointWithoutFencing")));
    assertThat(
        CheckpointPlaces.open(
                options("--checkpointDir=other://place/a", "--checkpointWithoutFencing"))
            .toString(),
        is("other://place/a/"));
  }

  @Test
  void consentThatIsNotNeededIsRefused() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                CheckpointPlaces.open(
                    options("--checkpointDir=" + directory, "--checkpointWithoutFencing")));
    assertThat(refused.getMessage(), containsString("no effect"));
  }
}
