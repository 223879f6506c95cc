package dev.trestle.server.environment;

import static dev.trestle.server.environment.WorkerFixture.artifact;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.sameInstance;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.server.environment.EmbeddedClasses.Lease;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.apache.beam.fn.harness.FnHarness;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactInformation;
import org.apache.beam.vendor.grpc.v1p69p0.io.netty.channel.epoll.Epoll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

final class EmbeddedClassesTest {

  private final EmbeddedClasses classes = new EmbeddedClasses();

  @TempDir Path directory;

  private ArtifactInformation file(String name) throws IOException {
    return artifact(Files.writeString(directory.resolve(name), name), name);
  }

  private Lease lease(ArtifactInformation... files) throws Exception {
    return classes.lease(List.of(files), WorkerFixture.FILES);
  }

  private static boolean areThere(Lease lease, String file) throws Exception {
    for (URL url : ((URLClassLoader) lease.classes()).getURLs()) {
      if (url.getPath().endsWith("/staged/" + file)) {
        return Files.exists(Path.of(url.toURI()));
      }
    }
    throw new AssertionError("Not on the class path: " + file);
  }

  @Test
  void jobsWithTheSameFilesHaveTheSameClasses() throws Exception {
    try (Lease first = lease(file("a"));
        Lease same = lease(file("a"));
        Lease other = lease(file("b"))) {
      assertThat(same.classes(), is(sameInstance(first.classes())));
      assertThat(other.classes(), is(not(sameInstance(first.classes()))));
    }
  }

  @Test
  void whatWasUsedLastIsKept() throws Exception {
    Lease first = lease(file("a"));
    Lease same = lease(file("a"));
    Lease other = lease(file("b"));
    first.close();
    first.close();
    other.close();
    assertThat("still used", areThere(same, "a"), is(true));
    assertThat("kept", areThere(other, "b"), is(true));

    same.close();
    assertThat("kept", areThere(same, "a"), is(true));
    assertThat("not used before that", areThere(other, "b"), is(false));
    try (Lease again = lease(file("a"))) {
      assertThat(again.classes(), is(sameInstance(same.classes())));
    }
  }

  @Test
  void nothingOfThisProcessIsSeen() throws Exception {
    try (Lease lease = lease(file("a"))) {
      Class<?> harness = lease.classes().loadClass(FnHarness.class.getName());
      assertThat(harness.getClassLoader(), is(sameInstance(lease.classes())));
      assertThrows(
          ClassNotFoundException.class,
          () -> lease.classes().loadClass(EmbeddedClasses.class.getName()));
    }
  }

  /** One copy of the library would take the native methods of all others with it. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void workersHaveNoNativeTransport() throws Exception {
    try (Lease lease = lease(StagedProgram.of(directory).toArray(ArtifactInformation[]::new))) {
      Class<?> theirs = lease.classes().loadClass(Epoll.class.getName());
      assertThat(theirs.getMethod("isAvailable").invoke(null), is(false));
      assertThat(Epoll.isAvailable(), is(true));
    }
  }

  @Test
  void nothingIsLeftOfFilesThatCannotBeRead() throws Exception {
    ArtifactInformation missing = artifact(directory.resolve("missing"), "missing");
    assertThrows(NoSuchFileException.class, () -> lease(missing));
    Files.writeString(directory.resolve("missing"), "here now");
    try (Lease lease = lease(missing)) {
      assertThat(areThere(lease, "missing"), is(true));
    }
  }
}
