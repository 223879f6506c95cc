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

  private static final String CLI = "dev.trestle.server.cli..";
  private static final String SERVICE = "dev.trestle.server.service..";
  private static final String JOBS = "dev.trestle.server.jobs..";
  private static final String ENVIRONMENT = "dev.trestle.server.environment..";
  private static final String ARTIFACTS = "dev.trestle.server.artifacts..";

  @ArchTest
  static final ArchRule SERVICES_DO_NOT_KNOW_THE_COMMAND_LINE =
      mayNotUse(SERVICE, CLI).because("a server can be had without a command line");

  @ArchTest
  static final ArchRule JOBS_DO_NOT_KNOW_THEIR_CLIENTS =
      mayNotUse(JOBS, CLI, SERVICE).because("jobs live on while nobody is connected");

  @ArchTest
  static final ArchRule ARTIFACTS_STAND_ALONE =
      mayNotUse(ARTIFACTS, CLI, SERVICE, JOBS, ENVIRONMENT)
          .because("they are files, whoever brings and reads them");

  @ArchTest
  static final ArchRule ENVIRONMENTS_DO_NOT_KNOW_THE_SERVER =
      mayNotUse(ENVIRONMENT, CLI, SERVICE, JOBS)
          .because("workers are started for jobs of any kind");

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
