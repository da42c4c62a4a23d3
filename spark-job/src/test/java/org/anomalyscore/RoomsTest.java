package org.anomalyscore;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.apache.spark.sql.SparkSession;

/** Who may import whom; see the package-info of each room. */
@AnalyzeClasses(packages = "org.anomalyscore", importOptions = ImportOption.DoNotIncludeTests.class)
class RoomsTest {

  @ArchTest
  static final ArchRule ARROWS =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("stats")
          .definedBy("org.anomalyscore.stats..")
          .layer("functions")
          .definedBy("org.anomalyscore.functions..")
          .layer("table")
          .definedBy("org.anomalyscore.table..")
          .layer("image")
          .definedBy("org.anomalyscore.image..")
          .layer("inference")
          .definedBy("org.anomalyscore.inference..")
          .layer("setmeasures")
          .definedBy("org.anomalyscore.setmeasures..")
          .layer("evaluation")
          .definedBy("org.anomalyscore.evaluation..")
          .layer("report")
          .definedBy("org.anomalyscore.report..")
          .layer("job")
          .definedBy("org.anomalyscore.job..")
          .whereLayer("job")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("report")
          .mayOnlyBeAccessedByLayers("job")
          .whereLayer("evaluation")
          .mayOnlyBeAccessedByLayers("report", "job")
          .whereLayer("setmeasures")
          .mayOnlyBeAccessedByLayers("evaluation")
          .whereLayer("inference")
          .mayOnlyBeAccessedByLayers("job")
          .whereLayer("image")
          .mayOnlyBeAccessedByLayers("inference", "report", "job")
          .whereLayer("table")
          .mayOnlyBeAccessedByLayers("image", "inference", "evaluation", "report", "job")
          .whereLayer("functions")
          .mayOnlyBeAccessedByLayers("evaluation", "job")
          .whereLayer("stats")
          .mayOnlyBeAccessedByLayers("functions", "inference", "evaluation", "report", "job");

  @ArchTest
  static final ArchRule ONLY_INFERENCE_SEES_DJL =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.anomalyscore.inference..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl..");

  @ArchTest
  static final ArchRule ONLY_JOB_STARTS_SESSIONS =
      outsideJob().should().callMethod(SparkSession.class, "builder");

  @ArchTest
  static final ArchRule ONLY_JOB_ENDS_THE_PROCESS =
      outsideJob().should().callMethod(System.class, "exit", int.class);

  @ArchTest
  static final ArchRule ONLY_JOB_READS_THE_ENVIRONMENT =
      outsideJob()
          .should()
          .callMethod(System.class, "getenv")
          .orShould()
          .callMethod(System.class, "getenv", String.class);

  private static com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction outsideJob() {
    return noClasses().that().resideOutsideOfPackage("org.anomalyscore.job..");
  }
}
