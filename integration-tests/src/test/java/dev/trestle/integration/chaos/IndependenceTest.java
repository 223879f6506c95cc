package dev.trestle.integration.chaos;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who counts has nothing in common with who is counted. */
@AnalyzeClasses(
    packages = "dev.trestle.integration",
    importOptions = ImportOption.DoNotIncludeTests.class)
class IndependenceTest {

  @ArchTest
  static final ArchRule VERIFIER_STANDS_ALONE =
      noClasses()
          .that()
          .resideInAPackage("..chaos.verify..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "..chaos.job..", "..chaos.load..", "org.apache.beam..", "dev.trestle.runner..")
          .because("a mistake that both make would not be found");
}
