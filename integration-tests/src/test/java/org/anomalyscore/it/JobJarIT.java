package org.anomalyscore.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/**
 * What the shaded jar holds, and what it must not: a class that a cluster brings too breaks at run
 * time, not here.
 */
final class JobJarIT {
  /**
   * Every place where a class may lie. A new library is entered here by hand, after a look at what
   * it brings.
   */
  private static final List<String> PACKAGES =
      List.of(
          "ai/djl/",
          "boofcv/",
          "com/ethlo/time/",
          "com/github/freva/asciitable/",
          "com/luciad/imageio/",
          "com/networknt/",
          "com/sun/jna/",
          "freemarker/",
          "georegression/",
          "me/tongfei/progressbar/",
          "org/anomalyscore/",
          "org/apache/commons/numbers/",
          "org/apache/commons/rng/",
          "org/apache/commons/statistics/",
          "org/ddogleg/",
          "org/ejml/",
          "org/jline/",
          "pabeles/concurrency/",
          "picocli/");

  @Test
  void holdsNoForeignPackage() throws IOException {
    Set<String> foreign = new TreeSet<>();
    for (String name : entries(Checkout.JOB_JAR)) {
      if (name.endsWith(".class") && PACKAGES.stream().noneMatch(name::startsWith)) {
        foreign.add(name);
      }
    }
    assertEquals(Set.of(), foreign);
  }

  @Test
  void holdsNothingThatSparkBrings() throws IOException {
    Set<String> ours = classes(Checkout.JOB_JAR);
    Set<String> twice = new TreeSet<>();
    for (Path jar : Checkout.sparkJars()) {
      for (String name : classes(jar)) {
        if (ours.contains(name)) {
          twice.add(jar.getFileName() + ": " + name);
        }
      }
    }
    assertTrue(ours.contains("ai/djl/engine/Engine.class"), "the listing of the job jar is empty");
    assertEquals(Set.of(), twice);
  }

  @Test
  void sparkHomeHoldsOnlySpark() {
    List<String> ours =
        Checkout.sparkJars().stream()
            .map(jar -> jar.getFileName().toString())
            .filter(name -> name.matches("(anomaly|api-|pytorch|picocli|progressbar).*"))
            .toList();
    assertEquals(List.of(), ours);
  }

  @Test
  void holdsNoSignatureAndNoModule() throws IOException {
    assertEquals(
        List.of(),
        entries(Checkout.JOB_JAR).stream()
            .filter(
                name ->
                    name.matches("META-INF/[^/]*\\.(SF|DSA|RSA)")
                        || name.endsWith("module-info.class"))
            .toList());
  }

  @Test
  void yamlParserIsOursAlone() throws IOException {
    Set<String> names = entries(Checkout.JOB_JAR);
    assertTrue(names.contains("org/anomalyscore/shaded/snakeyaml/Yaml.class"));
    assertTrue(names.contains("org/anomalyscore/shaded/jackson/yaml/YAMLFactory.class"));
    assertTrue(!names.contains("META-INF/services/com.fasterxml.jackson.core.JsonFactory"));
  }

  @Test
  void bringsNativePyTorchAndItsBridge() throws IOException {
    Properties library = properties("native/lib/pytorch.properties");
    String folder = "pytorch/cpu/" + library.getProperty("classifier") + "/";
    Set<String> names = entries(Checkout.JOB_JAR);
    for (String file : library.getProperty("libraries").split(",", -1)) {
      assertTrue(names.contains(folder + file), folder + file);
    }
    String jni = properties("jnilib/pytorch.properties").getProperty("jni_version");
    String version = library.getProperty("version").replaceFirst("-.*", "");
    assertTrue(jni.startsWith(version), "bridge " + jni + " for PyTorch " + version);
    assertTrue(
        names.contains("jnilib/linux-x86_64/cu128/libdjl_torch.so"),
        "the CUDA bridge, for those who bring a CUDA PyTorch");
  }

  @Test
  void keepsServicesAndLicences() throws IOException {
    assertEquals(
        "ai.djl.engine.rpc.RpcEngineProvider,ai.djl.pytorch.engine.PtEngineProvider",
        text("META-INF/services/ai.djl.engine.EngineProvider")
            .lines()
            .sorted()
            .collect(Collectors.joining(",")));
    assertTrue(text("META-INF/LICENSE").contains("Apache License"));
    assertTrue(text("META-INF/NOTICE").contains("Apache Commons Statistics"));
    assertTrue(text("META-INF/THIRD-PARTY.txt").contains("me.tongfei:progressbar"));
  }

  @Test
  void tellsItsVersionAndCommit() throws IOException {
    Properties build = properties("org/anomalyscore/build.properties");
    assertTrue(build.getProperty("version").matches("\\d+\\.\\d+\\.\\d+(-SNAPSHOT)?"));
    assertTrue(build.getProperty("commit").matches("[0-9a-f]{40}|unknown"), build::toString);
    assertTrue(build.getProperty("dirty").matches("true|false|unknown"), build::toString);
  }

  private static Set<String> entries(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.stream().map(ZipEntry::getName).collect(Collectors.toCollection(HashSet::new));
    }
  }

  private static Set<String> classes(Path jar) throws IOException {
    Set<String> names = entries(jar);
    names.removeIf(name -> !name.endsWith(".class") || name.startsWith("META-INF/"));
    return names;
  }

  private static String text(String entry) throws IOException {
    try (JarFile file = new JarFile(Checkout.JOB_JAR.toFile())) {
      ZipEntry found = file.getEntry(entry);
      assertNotNull(found, entry);
      try (InputStream in = file.getInputStream(found)) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    }
  }

  private static Properties properties(String entry) throws IOException {
    Properties properties = new Properties();
    properties.load(new StringReader(text(entry)));
    return properties;
  }
}
