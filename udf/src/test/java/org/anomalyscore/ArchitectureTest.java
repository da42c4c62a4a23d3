package org.anomalyscore;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may import whom: numerics stay usable anywhere, SQL functions stay shells over them. */
@AnalyzeClasses(packages = "org.anomalyscore", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule STATS_KNOWS_THE_JDK_AND_COMMONS_ONLY =
      classes()
          .that()
          .resideInAPackage("org.anomalyscore.stats..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "org.anomalyscore.stats..",
              "java..",
              "org.apache.commons.statistics..",
              "org.apache.commons.rng..");

  @ArchTest
  static final ArchRule FUNCTIONS_ARE_SHELLS_OVER_STATS =
      classes()
          .that()
          .resideInAPackage("org.anomalyscore.functions..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "org.anomalyscore.functions..",
              "org.anomalyscore.stats..",
              "java..",
              "scala..",
              "org.apache.spark..");
}
