package dev.trestle.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Which module may use which. This module is the one that has all four on its class path. */
@AnalyzeClasses(packages = "dev.trestle", importOptions = ImportOption.DoNotIncludeTests.class)
class ModuleDependenciesTest {
  private static final String BEAM = "org.apache.beam..";
  private static final String STATE = "dev.trestle.state..";
  private static final String TRANSLATION = "dev.trestle.translation..";
  private static final String RUNNER = "dev.trestle.runner..";
  private static final String SERVER = "dev.trestle.server..";

  @ArchTest
  static final ArchRule STATE_KNOWS_NEITHER_BEAM_NOR_TRESTLE =
      mayNotUse(STATE, BEAM, TRANSLATION, RUNNER, SERVER)
          .because("state is a storage library that stands on its own");

  @ArchTest
  static final ArchRule TRANSLATION_STANDS_ALONE =
      mayNotUse(TRANSLATION, STATE, RUNNER, SERVER)
          .because("translation describes a pipeline and knows nothing of how it is executed");

  @ArchTest
  static final ArchRule RUNNER_USES_TRANSLATION_AND_STATE_ONLY =
      mayNotUse(RUNNER, SERVER).because("pipelines run without a job server");

  private static ArchRule mayNotUse(String module, String... others) {
    return noClasses()
        .that()
        .resideInAPackage(module)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(others)
        .allowEmptyShould(false);
  }
}
