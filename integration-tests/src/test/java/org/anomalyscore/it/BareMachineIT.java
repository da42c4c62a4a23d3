package org.anomalyscore.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * bin/anomaly-score where something is missing. The script is copied into an empty folder, which is
 * then a checkout that was never built; its PATH holds the few tools that it calls, and substitutes
 * for java and mvnw.
 */
final class BareMachineIT {
  @TempDir Path home;
  private Path script;
  private Path tools;

  @BeforeEach
  void layOut() throws IOException {
    home = Files.createDirectory(home.resolve("Anna's files"));
    script = home.resolve("bin/anomaly-score");
    Files.createDirectories(script.getParent());
    Files.copy(Checkout.SCRIPT, script, StandardCopyOption.COPY_ATTRIBUTES);
    tools = Files.createDirectory(home.resolve("tools"));
    for (String tool :
        List.of(
            "bash",
            "cat",
            "dirname",
            "find",
            "flock",
            "head",
            "mkdir",
            "mv",
            "readlink",
            "rm",
            "tail")) {
      Files.createSymbolicLink(tools.resolve(tool), onPath(tool));
    }
  }

  @Test
  void withoutJava() throws Exception {
    JobProcess.Result result = start("demo").run();
    assertEquals(3, result.exitCode(), result::toString);
    assertEquals("", result.out());
    assertContains(result, "no Java found", "JAVA_HOME is not set", "openjdk-17-jdk");
  }

  @Test
  void withJavaHomeThatHoldsNoJava() throws Exception {
    JobProcess.Result result = start("demo").env("JAVA_HOME", home + "/nowhere").run();
    assertEquals(3, result.exitCode(), result::toString);
    assertContains(result, "JAVA_HOME is " + home + "/nowhere", "Java 17 JDK");
  }

  @Test
  void withJavaOfAnotherVersion() throws Exception {
    for (String version : List.of("11.0.25", "1.8.0_432", "21.0.5", "170.1")) {
      java(version, "exit 9");
      JobProcess.Result result = start("demo").run();
      assertEquals(3, result.exitCode(), result::toString);
      assertContains(
          result,
          tools + "/java is Java " + version + ", but",
          "the build needs Java 17.",
          "JAVA_HOME");
    }
  }

  /** Which versions these are, Spark's documentation says: Java 25 from Spark 4.2 on. */
  @Test
  void takesTheVersionsOfJavaThatItsSparkRunsOn() throws Exception {
    assertJava("4.0.1", "17 or 21", List.of("17", "17.0.15", "21.0.5"), List.of("22.0.1", "25"));
    assertJava("4.1.1", "17 or 21", List.of("17.0.15", "21"), List.of("11.0.25", "25.0.3"));
    assertJava(
        "4.2.0", "17 or 21 or 25", List.of("17.0.15", "21.0.5", "25.0.3"), List.of("1.8.0_432"));
  }

  private void assertJava(String spark, String needed, List<String> taken, List<String> refused)
      throws Exception {
    Path jars = pretendBuilt().resolveSibling("jars");
    Files.move(
        jars.resolve("spark-core_2.13-4.0.1.jar"),
        jars.resolve("spark-core_2.13-" + spark + ".jar"));
    for (String version : taken) {
      java(version, echoArgumentsAfterLaunch());
      Files.write(jars.resolveSibling("classes-" + version + ".jsa"), new byte[0]);
      JobProcess.Result result = start("demo").run();
      assertEquals(0, result.exitCode(), result::toString);
      assertEquals("", result.err(), version);
    }
    for (String version : refused) {
      java(version, "exit 9");
      JobProcess.Result result = start("demo").run();
      assertEquals(3, result.exitCode(), result::toString);
      assertContains(
          result, "is Java " + version + ", but Spark " + spark + " needs Java " + needed + ".");
    }
    Files.delete(jars.resolve("spark-core_2.13-" + spark + ".jar"));
  }

  @Test
  void withVersionFromReleaseFile() throws Exception {
    Path jdk = Files.createDirectories(home.resolve("jdk/bin")).getParent();
    executable(jdk.resolve("bin/java"), "echo 'never asked' >&2; exit 9");
    Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"22.0.1\"\n");
    JobProcess.Result result = start("demo").env("JAVA_HOME", jdk.toString()).run();
    assertEquals(3, result.exitCode(), result::toString);
    assertContains(result, "is Java 22.0.1,");
    assertFalse(result.err().contains("never asked"), result::toString);
  }

  @Test
  void withRuntimeButNoCompiler() throws Exception {
    java17("exit 9");
    JobProcess.Result result = start("demo").run();
    assertEquals(3, result.exitCode(), result::toString);
    assertContains(result, "not built yet", tools + "/javac", "openjdk-17-jdk");
  }

  @Test
  void withBuildThatFails() throws Exception {
    java17("exit 9");
    executable(tools.resolve("javac"), "exit 9");
    executable(home.resolve("mvnw"), "echo \"mvnw $*\"; exit 1");
    JobProcess.Result result = start("demo").run();
    assertEquals(1, result.exitCode(), result::toString);
    assertEquals("", result.out());
    assertContains(result, "first use: building", "mvnw -q -B", "package", "the build failed");
  }

  @Test
  void withJarOfAnInterruptedBuild() throws Exception {
    pretendBuilt();
    java17("exit 9");
    Files.writeString(
        home.resolve("spark-job/target/anomaly-score.jar"), "PK the first half of a jar, cut off");
    executable(tools.resolve("javac"), "exit 9");
    executable(home.resolve("mvnw"), "exit 1");
    JobProcess.Result result = start("demo").run();
    assertEquals(1, result.exitCode(), result::toString);
    assertContains(result, "first use: building");
  }

  @Test
  void passesEveryArgumentAsItIs() throws Exception {
    pretendBuilt();
    java17(echoArgumentsAfterLaunch());
    JobProcess.Result result =
        start("score", "--images", "a b/*.png", "", "--master", "local[7]", "$x\"'\n")
            .env("SPARK_DRIVER_MEMORY", "900m")
            .run();
    assertEquals(0, result.exitCode(), result::toString);
    String jar = home.toRealPath().resolve("spark-job/target/anomaly-score.jar").toString();
    assertEquals(
        "<org.apache.spark.deploy.SparkSubmit><--class><org.anomalyscore.job.Main>"
            + "<--master><local[7]><--driver-memory><900m><"
            + jar
            + "><--><score><--images><a b/*.png><><--master><local[7]><$x\"'\n>",
        result.out());
    assertEquals("", result.err());
  }

  @Test
  void takesMasterFromArgumentThenEnvironmentThenSpark() throws Exception {
    pretendBuilt();
    java17(echoArgumentsAfterLaunch());
    assertTrue(start("demo", "--master=local[1]").run().out().contains("<--master><local[1]>"));
    assertTrue(start("demo").run().out().contains("<--master><local[2]>"));
    assertFalse(start("demo").withoutEnv("SPARK_MASTER").run().out().contains("--master"));
  }

  @Test
  void warnsOfSourcesNewerThanTheJar() throws Exception {
    pretendBuilt();
    java17(echoArgumentsAfterLaunch());
    Path source = home.resolve("udf/src/main/java/A.java");
    Files.createDirectories(source.getParent());
    Files.writeString(source, "class A {}");
    Files.setLastModifiedTime(source, FileTime.fromMillis(System.currentTimeMillis() + 60_000));
    JobProcess.Result result = start("demo").run();
    assertEquals(0, result.exitCode(), result::toString);
    assertContains(result, "udf/src/main/java/A.java is newer", "./mvnw -DskipTests package");
  }

  @Test
  void passesOnWhatIsAnsweredWithoutSpark() throws Exception {
    Files.delete(pretendBuilt());
    java17("echo 'Usage'; echo 'no such option' >&2; exit 2");
    JobProcess.Result result = start("demo", "--nonsense").run();
    assertEquals(2, result.exitCode(), result::toString);
    assertEquals("Usage\n", result.out());
    assertEquals("no such option\n", result.err(), "and no cache of classes is made for it");
  }

  /**
   * No flock, and tools that refuse what only those of GNU know. The interpreter is this machine's:
   * see {@link #scriptsKeepToTheBashOfMacOs}.
   */
  @Test
  void withTheToolsOfMacOs() throws Exception {
    Files.delete(tools.resolve("flock"));
    refusing("readlink", "-*");
    refusing("dirname", "-*");
    refusing("find", "-printf|-quit|-executable|-regextype|-newerXY");
    refusing("tail", "--*|-c-*");
    refusing("head", "--*|-n-*|-c-*");
    refusing("rm", "--*");
    refusing("mv", "--*|-T|-t");
    Path linked = Files.createSymbolicLink(home.resolve("a link"), Path.of("bin/anomaly-score"));
    Path classes = builtWithoutClasses("echo kept > \"${option#*=}\"; exit");
    for (int run = 0; run < 2; run++) {
      JobProcess.Result result =
          JobProcess.script(linked, "demo")
              .withoutEnv("JAVA_HOME")
              .env("PATH", tools.toString())
              .run();
      assertEquals(0, result.exitCode(), result::toString);
      assertTrue(result.out().contains("SharedArchiveFile=" + classes), result::toString);
      assertFalse(result.err().contains("illegal option"), result::toString);
      assertEquals(run == 0, result.err().contains("first use: writing a cache"));
    }
    try (Stream<Path> left = Files.list(classes.getParent())) {
      assertEquals(2, left.count(), "jars and classes");
    }
  }

  /** Puts a tool on the PATH that refuses arguments of a pattern, and else does its work. */
  private void refusing(String tool, String pattern) throws IOException {
    Files.delete(tools.resolve(tool));
    executable(
        tools.resolve(tool),
        """
        for argument; do
          case "$argument" in %s) echo "%s: illegal option $argument" >&2; exit 1 ;; esac
        done
        exec "%s" "$@"
        """
            .formatted(pattern, tool, onPath(tool)));
  }

  /** macOS has bash 3.2, which no package brings here, so this only looks for what it lacks. */
  @Test
  void scriptsKeepToTheBashOfMacOs() throws IOException {
    Pattern newer =
        Pattern.compile(
            // Arrays by words, names by reference, reading into arrays, and both outputs at once.
            "\\b(declare|local|typeset) -[a-zA-Z]*[Ang]|\\b(mapfile|readarray|coproc)\\b|\\|&|&>>"
                // ${x^^}, ${x,,}, ${x@Q}; printf's time; negative places; {name}> for a descriptor.
                + "|\\$\\{\\w+(\\^|,|@)|%\\(.*\\)T|\\[-\\d+\\]|\\{\\w+\\}[<>]|;;?&|EPOCH"
                // Quotes stay in the text of a replacement.
                + "|\\$\\{\\w+/[^}]*\"[^}]*\\}");
    // An array that may be empty is unbound there: "${x[@]}" of it wants ${x[@]+...} around it.
    Pattern array = Pattern.compile("(?<!\\+)\"\\$\\{(\\w+)\\[@\\]\\}\"");
    try (Stream<Path> scripts = Files.list(Checkout.ROOT.resolve("bin"))) {
      for (Path file : scripts.toList()) {
        for (String line : Files.readAllLines(file)) {
          assertFalse(newer.matcher(line).find(), () -> file + ": " + line);
          Matcher expanded = array.matcher(line);
          assertTrue(
              !expanded.find() || expanded.group(1).equals("submit"),
              () -> file + " expands an array that may be empty: " + line);
        }
      }
    }
    assertTrue(newer.matcher("echo \"${name,,}\"").find());
    assertTrue(newer.matcher("path=\"${path/a/\"b\"}\"").find());
    assertTrue(array.matcher("exec \"${words[@]}\"").find());
  }

  /** Whichever archive mvnw takes, the .zip or, where there is no unzip, the .tar.gz. */
  @Test
  void refusesAMavenOfOtherBytes() throws Exception {
    Files.copy(Checkout.ROOT.resolve("mvnw"), home.resolve("mvnw"));
    Path wrapper = Files.createDirectories(home.resolve(".mvn/wrapper"));
    String properties = "maven-wrapper.properties";
    Files.copy(
        Checkout.ROOT.resolve(".mvn/wrapper").resolve(properties), wrapper.resolve(properties));
    for (String tool : List.of("dirname", "basename", "mktemp", "sha256sum", "tr", "uname")) {
      Path link = tools.resolve(tool);
      Files.deleteIfExists(link);
      Files.createSymbolicLink(link, onPath(tool));
    }
    executable(tools.resolve("wget"), "echo \"$2\" >&2; echo 'not Maven' > \"$4\"");
    assertRefusesMaven("-bin.tar.gz");
    executable(tools.resolve("unzip"), "echo 'unpacked' >&2");
    assertRefusesMaven("-bin.zip");
  }

  private void assertRefusesMaven(String archive) throws Exception {
    JobProcess.Result result =
        JobProcess.script(home.resolve("mvnw"), "-v")
            .withoutEnv("JAVA_HOME")
            .env("PATH", tools.toString())
            .env("MAVEN_USER_HOME", home.resolve("m2").toString())
            .run();
    assertEquals(1, result.exitCode(), result::toString);
    assertContains(result, archive, "Failed to validate Maven distribution SHA-256");
    assertFalse(result.err().contains("unpacked"), result::toString);
  }

  /**
   * Built, with no classes kept yet, and with a java that runs {@code rehearsal} where it is told
   * to keep them, and else prints its options and class path.
   *
   * @return the file of the cache of classes
   */
  private Path builtWithoutClasses(String rehearsal) throws IOException {
    Path classes = pretendBuilt();
    Files.delete(classes);
    java17(
        """
        if [[ $* == *job.Launch* ]]; then
          printf '\\0\\n' >&3
          jars="$SPARK_HOME/jars/*"
          printf '%s\\0' "$0" -cp "first/*:/x$SPARK_CONF_DIR/:$SPARK_CONF_DIR/:$jars:/hadoop" - >&3; exit
        fi
        for option; do
          if [[ $option == -XX:ArchiveClassesAtExit=* ]]; then REHEARSAL; fi
        done
        printf '<%s>' "$@"
        """
            .replace("REHEARSAL", rehearsal));
    return classes;
  }

  @Test
  void keepsClassesOnceForEachBuild() throws Exception {
    Path classes = builtWithoutClasses("echo kept > \"${option#*=}\"; exit");
    JobProcess.Result first = start("demo").run();
    assertEquals(0, first.exitCode(), first::toString);
    assertContains(first, "first use: writing a cache of Spark's classes");
    assertEquals("kept\n", Files.readString(classes));
    assertTrue(first.out().contains("<-XX:SharedArchiveFile=" + classes + ">"), first::toString);
    String conf = home.toRealPath().resolve("conf") + "/";
    String classPath =
        "first/*:/x%s:%s/jars/*:%s:/hadoop".formatted(conf, classes.getParent(), conf);
    assertTrue(first.out().contains("<-cp><" + classPath + ">"), first::toString);

    JobProcess.Result second = start("demo").run();
    assertEquals(first.out(), second.out());
    assertEquals("", second.err());

    FileTime later = FileTime.fromMillis(System.currentTimeMillis() + 60_000);
    Files.setLastModifiedTime(classes.resolveSibling("jars"), later);
    assertContains(start("demo").run(), "first use: writing a cache");
    try (Stream<Path> left = Files.list(classes.getParent())) {
      assertEquals(3, left.count(), "jars, classes and a lock");
    }
  }

  @Test
  void runsAlsoWhereClassesCannotBeKept() throws Exception {
    Path classes = builtWithoutClasses("echo no room; exit 1");
    JobProcess.Result result = start("demo").run();
    assertEquals(0, result.exitCode(), result::toString);
    assertContains(result, "could not write it", "remove " + classes, "no room");
    assertFalse(result.out().contains("SharedArchiveFile"), result::toString);
    assertEquals("", start("demo").run().err(), "not tried again");
  }

  @Test
  void anInterruptWhileClassesAreKeptEndsTheCommand() throws Exception {
    Path classes = builtWithoutClasses("exit 130");
    JobProcess.Result result = start("demo").run();
    assertEquals(130, result.exitCode(), result::toString);
    assertEquals("", result.out());
    assertTrue(Files.notExists(classes), "tried again at the next start");
  }

  private JobProcess start(String... arguments) {
    return JobProcess.script(script, arguments)
        .withoutEnv("JAVA_HOME")
        .env("PATH", tools.toString());
  }

  private void java17(String body) throws IOException {
    java("17.0.15", body);
  }

  /** A java that prints this version where it is asked for it, and else runs the body. */
  private void java(String version, String body) throws IOException {
    executable(
        tools.resolve("java"),
        "if [[ $1 == -version ]]; then echo 'openjdk version \"%s\" x' >&2; exit; fi\n"
                .formatted(version)
            + body);
  }

  /**
   * Answers as the program does that makes commands: NUL, newline, then the words of a command that
   * prints its arguments.
   */
  private static String echoArgumentsAfterLaunch() {
    return "while [[ $1 != org.anomalyscore.job.Launch ]]; do shift; done; shift\n"
        + "{ printf '\\0\\n'; printf '%s\\0' bash -c 'printf \"<%s>\" \"$@\"' - \"$@\"; } >&3";
  }

  /**
   * An empty zip file for the job jar, and a jar of Spark; returns the file of the cache of
   * classes.
   */
  private Path pretendBuilt() throws IOException {
    Path jar = home.resolve("spark-job/target/anomaly-score.jar");
    Files.createDirectories(jar.getParent());
    byte[] endOfEmptyZip = new byte[22];
    System.arraycopy(new byte[] {'P', 'K', 5, 6}, 0, endOfEmptyZip, 0, 4);
    Files.write(jar, endOfEmptyZip);
    Path spark = Files.createDirectories(home.resolve("spark-home/target/jars"));
    Files.createFile(spark.resolve("spark-core_2.13-4.0.1.jar"));
    return Files.write(spark.toRealPath().resolveSibling("classes-17.0.15.jsa"), new byte[0]);
  }

  private static void executable(Path file, String body) throws IOException {
    Files.writeString(file, "#!" + onPath("bash") + "\n" + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static Path onPath(String tool) {
    for (String folder : System.getenv("PATH").split(":", -1)) {
      Path file = Path.of(folder, tool);
      if (Files.isExecutable(file)) {
        return file;
      }
    }
    throw new IllegalStateException("No " + tool + " on the PATH.");
  }

  private static void assertContains(JobProcess.Result result, String... parts) {
    for (String part : parts) {
      assertTrue(result.err().contains(part), () -> "'" + part + "' is not in " + result);
    }
  }
}
