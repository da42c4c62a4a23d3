package org.anomalyscore;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDArray;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
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
      Map.ofEntries(
          Map.entry("stats", List.of()),
          Map.entry("functions", List.of("stats")),
          Map.entry("storage", List.of()),
          Map.entry("pixels", List.of("storage")),
          Map.entry("setmeasures", List.of("stats")),
          Map.entry("source", List.of("pixels", "storage")),
          Map.entry("table", List.of("storage")),
          Map.entry("measure", List.of("source", "pixels", "storage")),
          Map.entry("training", List.of("measure", "storage")),
          Map.entry("command", List.of("stats", "storage", "table", "measure")),
          Map.entry("page", List.of("table", "source", "pixels", "storage")));

  /** Floor 3: a room a command, none of which enters another. */
  private static final List<String> COMMANDS =
      List.of("score", "evaluate", "labels", "classify", "explain", "sweep", "tables");

  /** Floor 4: what composes the commands. */
  private static final List<String> COMPOSED = List.of("report", "benchmark", "demo");

  private static Map<String, Set<String>> mayEnter() {
    Map<String, Set<String>> rooms = new TreeMap<>();
    GROUND.forEach((room, entered) -> rooms.put(room, new TreeSet<>(entered)));
    Set<String> below = new TreeSet<>(GROUND.keySet());
    // SQL functions are for sessions of SQL.
    below.remove("functions");
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
  private static final List<Set<String>> ONE_THING =
      List.of(
          // A data set's features keep what several measures need of them, computed by the measure.
          Set.of(
              "setmeasures.FeatureSet",
              "setmeasures.FrechetDistance",
              "setmeasures.Neighbours",
              "setmeasures.Diversity"));

  /** Not by ArchUnit's own search for cycles, which of many in one graph reports only some. */
  @ArchTest
  static void noClassesCircle(JavaClasses all) {
    Map<String, Set<String>> uses = new TreeMap<>();
    for (JavaClass c : all) {
      for (Dependency dependency : c.getDirectDependenciesFromSelf()) {
        JavaClass used = dependency.getTargetClass().getBaseComponentType();
        if (!isOutside().test(used) && !thingOf(used).equals(thingOf(c))) {
          uses.computeIfAbsent(thingOf(c), user -> new TreeSet<>()).add(thingOf(used));
        }
      }
    }
    Map<String, Set<String>> reached = new TreeMap<>();
    uses.keySet().forEach(thing -> reached.put(thing, reachedFrom(thing, uses)));
    Set<Set<String>> circles = new LinkedHashSet<>();
    reached.forEach(
        (thing, others) -> {
          if (others.contains(thing)) {
            circles.add(
                others.stream()
                    .filter(other -> reached.getOrDefault(other, Set.of()).contains(thing))
                    .collect(Collectors.toCollection(TreeSet::new)));
          }
        });
    assertEquals(Set.of(), circles);
  }

  /** A top-level class, or the group that it is one thing with. */
  private static String thingOf(JavaClass c) {
    String name = c.getName().replaceFirst("\\$.*", "").substring(ROOT.length());
    return ONE_THING.stream()
        .filter(group -> group.contains(name))
        .map(group -> String.join("+", new TreeSet<>(group)))
        .findFirst()
        .orElse(name);
  }

  private static Set<String> reachedFrom(String start, Map<String, Set<String>> uses) {
    Set<String> reached = new TreeSet<>();
    Deque<String> left = new ArrayDeque<>(uses.get(start));
    while (!left.isEmpty()) {
      String thing = left.pop();
      if (reached.add(thing)) {
        left.addAll(uses.getOrDefault(thing, Set.of()));
      }
    }
    return reached;
  }

  /** One room measures on networks that are given, and one trains networks of its own. */
  @ArchTest
  static final ArchRule ONLY_MEASURE_AND_TRAINING_SEE_DJL =
      noClasses()
          .that()
          .resideOutsideOfPackages(ROOT + "measure..", ROOT + "training..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl..");

  /**
   * DJL makes an array of the number and closes it, while libtorch needs it for the gradient; see
   * PyTorch.gradient. What the rest of measure computes with numbers is not on the way to one.
   */
  @ArchTest
  static final ArchRule LAYERS_TAKE_NUMBERS_AS_ARRAYS =
      noClasses()
          .that()
          .resideInAPackage(ROOT + "training..")
          .or()
          .haveFullyQualifiedName(ROOT + "measure.FeatureModel")
          .should()
          .callMethodWhere(
              DescribedPredicate.describe(
                  "an NDArray meets a Java number",
                  (JavaMethodCall call) ->
                      call.getTargetOwner().isAssignableTo(NDArray.class)
                          && call.getTarget().getRawParameterTypes().stream()
                              .anyMatch(type -> type.isEquivalentTo(Number.class))));

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
