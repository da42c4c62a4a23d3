package org.anomalyscore;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/** Who may enter whom. CONTRIBUTING.md says what lives in each room. */
@AnalyzeClasses(packages = "org.anomalyscore", importOptions = ImportOption.DoNotIncludeTests.class)
class RoomsTest {

  private static final String ROOT = "org.anomalyscore.";

  /** Floors 0 to 2, each room with those that it may enter. */
  private static final Map<String, List<String>> GROUND =
      Map.of(
          "stats", List.of(),
          "functions", List.of("stats"),
          "storage", List.of(),
          "pixels", List.of("storage"),
          "setmeasures", List.of("stats"),
          "source", List.of("pixels", "storage"),
          "table", List.of("storage"),
          "measure", List.of("source", "pixels", "storage"),
          "command", List.of("stats", "storage", "table", "measure"),
          "page", List.of("table", "source", "pixels", "storage"));

  /** Floor 3: a room a command, none of which enters another. */
  private static final List<String> COMMANDS =
      List.of("score", "evaluate", "labels", "classify", "explain", "sweep");

  /** Floor 4: what composes the commands. */
  private static final List<String> COMPOSED = List.of("report", "benchmark", "demo");

  private static Map<String, Set<String>> mayEnter() {
    Map<String, Set<String>> rooms = new TreeMap<>();
    GROUND.forEach((room, entered) -> rooms.put(room, new TreeSet<>(entered)));
    Set<String> below = new TreeSet<>(GROUND.keySet());
    COMMANDS.forEach(room -> rooms.put(room, below));
    Set<String> commands = new TreeSet<>(below);
    commands.addAll(COMMANDS);
    COMPOSED.forEach(room -> rooms.put(room, commands));
    Set<String> all = new TreeSet<>(commands);
    all.addAll(COMPOSED);
    rooms.put("job", all);
    return rooms;
  }

  @ArchTest
  static void everyRoomEntersOnlyThoseBelow(JavaClasses all) {
    mayEnter()
        .forEach(
            (room, entered) ->
                classes()
                    .that()
                    .resideInAPackage(ROOT + room + "..")
                    .should()
                    .onlyDependOnClassesThat(
                        isOutside().or(isIn(Stream.concat(entered.stream(), Stream.of(room)))))
                    .check(all));
  }

  @ArchTest
  static void thereIsNoOtherRoom(JavaClasses all) {
    assertEquals(
        mayEnter().keySet(),
        all.stream().map(RoomsTest::roomOf).collect(Collectors.toCollection(TreeSet::new)));
  }

  private static DescribedPredicate<JavaClass> isOutside() {
    return DescribedPredicate.describe(
        "are of libraries", c -> !c.getPackageName().startsWith("org.anomalyscore"));
  }

  private static DescribedPredicate<JavaClass> isIn(Stream<String> rooms) {
    Set<String> names = rooms.collect(Collectors.toCollection(TreeSet::new));
    return DescribedPredicate.describe("are in " + names, c -> names.contains(roomOf(c)));
  }

  private static String roomOf(JavaClass c) {
    return c.getPackageName().substring(ROOT.length()).replaceFirst("\\..*", "");
  }

  /**
   * Circles of classes that are one thing in several files: each line holds a group within which
   * classes may refer to each other, and why.
   */
  private static final List<Set<String>> ONE_THING = List.of();

  @ArchTest
  static void noClassesCircle(JavaClasses all) {
    List<String> groups = new ArrayList<>();
    ONE_THING.forEach(group -> groups.add(String.join("+", group)));
    SlicesRuleDefinition.slices()
        .assignedFrom(
            new SliceAssignment() {
              @Override
              public String getDescription() {
                return "top-level classes";
              }

              @Override
              public SliceIdentifier getIdentifierOf(JavaClass c) {
                if (isOutside().test(c)) {
                  return SliceIdentifier.ignore();
                }
                String name = c.getName().replaceFirst("\\$.*", "");
                for (int i = 0; i < ONE_THING.size(); i++) {
                  if (ONE_THING.get(i).contains(name.substring(ROOT.length()))) {
                    return SliceIdentifier.of(groups.get(i));
                  }
                }
                return SliceIdentifier.of(name);
              }
            })
        .should()
        .beFreeOfCycles()
        .check(all);
  }

  @ArchTest
  static final ArchRule ONLY_MEASURE_SEES_DJL =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + "measure..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl..");

  @ArchTest
  static final ArchRule SESSIONS_START_ONCE =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName(ROOT + "command.SparkOptions")
          .should()
          .callMethod(SparkSession.class, "builder");

  @ArchTest
  static final ArchRule ONLY_JOB_ENDS_THE_PROCESS =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + "job..")
          .should()
          .callMethod(System.class, "exit", int.class);

  @ArchTest
  static final ArchRule ONLY_COMMANDS_READ_THE_ENVIRONMENT =
      noClasses()
          .that()
          .resideOutsideOfPackages(ROOT + "job..", ROOT + "command..")
          .should()
          .callMethod(System.class, "getenv")
          .orShould()
          .callMethod(System.class, "getenv", String.class);
}
