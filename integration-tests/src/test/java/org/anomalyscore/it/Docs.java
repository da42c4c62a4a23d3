package org.anomalyscore.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What users read: README.md, CONTRIBUTING.md and the pages of docs/, in this order. */
final class Docs {
  private static final Pattern BLOCK =
      Pattern.compile("^```(\\w*)\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

  /** Files and folders of the checkout in code marks; a build makes what is under target. */
  private static final Pattern FILE =
      Pattern.compile(
          "`((?:bin|conf|docs|notebooks|integration-tests|spark-job|spark-home|udf)/(?!target)[\\w./-]*)`");

  private static final Pattern HEADING = Pattern.compile("^#+ (.*)$", Pattern.MULTILINE);

  private Docs() {}

  /**
   * A fenced block of code.
   *
   * @param page the file that it stands in
   * @param language what stands behind its first fence; empty for what a program prints
   * @param text its lines
   */
  record Block(Path page, String language, String text) {

    /** The commands of a block of the shell, each on one line. */
    List<String> commands() {
      return text.replaceAll("\\\\\n\\s*", "").lines().filter(line -> !line.isBlank()).toList();
    }

    @Override
    public String toString() {
      return Checkout.ROOT.relativize(page) + ":\n" + text;
    }
  }

  static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>();
    pages.add(Checkout.ROOT.resolve("README.md"));
    pages.add(Checkout.ROOT.resolve("CONTRIBUTING.md"));
    try (Stream<Path> files = Files.list(Checkout.ROOT.resolve("docs"))) {
      files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
    }
    return pages;
  }

  /** The blocks of all pages. */
  static List<Block> blocks() throws IOException {
    List<Block> blocks = new ArrayList<>();
    for (Path page : pages()) {
      BLOCK
          .matcher(Files.readString(page))
          .results()
          .forEach(found -> blocks.add(new Block(page, found.group(1), found.group(2))));
    }
    return blocks;
  }

  /** The blocks of a language. */
  static List<Block> blocks(String language) throws IOException {
    return blocks().stream().filter(block -> block.language().equals(language)).toList();
  }

  /** The first block of a language that contains a part. */
  static String block(String language, String part) throws IOException {
    return blocks(language).stream()
        .filter(block -> block.text().contains(part))
        .findFirst()
        .orElseThrow()
        .text();
  }

  /** Where the links of a page lead, as they are written there. */
  static List<String> links(Path page) throws IOException {
    return LINK.matcher(withoutBlocks(page)).results().map(found -> found.group(1)).toList();
  }

  /** The files and folders of the checkout that a page names in code marks. */
  static List<String> files(Path page) throws IOException {
    return FILE.matcher(withoutBlocks(page)).results().map(found -> found.group(1)).toList();
  }

  /** The names by which GitHub lets links lead to a page's headings; none is there twice. */
  static Set<String> anchors(Path page) throws IOException {
    Set<String> anchors = new LinkedHashSet<>();
    HEADING
        .matcher(withoutBlocks(page))
        .results()
        .map(found -> found.group(1).toLowerCase(Locale.ROOT))
        .map(title -> title.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .forEach(
            anchor -> {
              if (!anchors.add(anchor)) {
                throw new IllegalStateException(page + " has two headings #" + anchor);
              }
            });
    return anchors;
  }

  private static String withoutBlocks(Path page) throws IOException {
    return BLOCK.matcher(Files.readString(page)).replaceAll("");
  }
}
