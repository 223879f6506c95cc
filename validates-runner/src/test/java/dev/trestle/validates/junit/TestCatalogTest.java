package dev.trestle.validates.junit;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.anEmptyMap;
import static org.hamcrest.Matchers.contains;

import dev.trestle.validates.junit.samples.Categories.Unreachable;
import dev.trestle.validates.junit.samples.Categories.UnreachableToo;
import dev.trestle.validates.junit.samples.Categories.Wanted;
import dev.trestle.validates.junit.samples.Chosen;
import dev.trestle.validates.suite.TestId;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

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

  private static TestId test(String className, String method) {
    return new TestId(Chosen.class.getPackageName() + "." + className, method);
  }
}
