package dev.trestle.validates;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.anEmptyMap;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;

import dev.trestle.validates.samples.Categories.Unreachable;
import dev.trestle.validates.samples.Categories.UnreachableToo;
import dev.trestle.validates.samples.Categories.Wanted;
import dev.trestle.validates.samples.Chosen;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.beam.sdk.testing.UsesExternalService;
import org.apache.beam.sdk.testing.UsesSdkHarnessEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TestCatalogTest {
  @Test
  void choosesByCategoryAndEachExclusionAlone() throws URISyntaxException {
    Path here = Path.of(Chosen.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    TestCatalog catalog =
        TestCatalog.of(
            List.of(here), Wanted.class, Set.of(Unreachable.class, UnreachableToo.class));
    assertThat(
        catalog.tests(),
        contains(
            test("Chosen", "narrower"),
            test("Chosen", "wanted"),
            test("Chosen$Derived", "inherited"),
            test("Chosen$Nested", "byClass")));
    assertThat(catalog.unloadable(), anEmptyMap());
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void everySuiteIsComplete(Suite suite) {
    TestCatalog catalog =
        TestCatalog.of(
            TestCatalog.beamTestJars(),
            suite.category(),
            Set.of(UsesExternalService.class, UsesSdkHarnessEnvironment.class));
    assertThat(catalog.tests().size(), is(suite.size()));
  }

  @Test
  void patternsMayLeaveOutPackageAndMethod() {
    TestId nested = new TestId("a.b.Some$Nested", "method");
    assertThat(
        Stream.of("Some*", "a.b.*", "*#method", "Some$Nested", "Some$Nested#me*", "*#other", "Some")
            .map(pattern -> TestPattern.of(pattern).matches(nested))
            .toList(),
        contains(true, true, true, true, true, false, false));
  }

  private static TestId test(String className, String method) {
    return new TestId(Chosen.class.getPackageName() + "." + className, method);
  }
}
