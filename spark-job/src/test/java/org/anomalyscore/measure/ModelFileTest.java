package org.anomalyscore.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.anomalyscore.TestSpark;
import org.anomalyscore.storage.ContentHash;
import org.anomalyscore.storage.UserException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelFileTest {

  @TempDir Path folder;

  private Path model;
  private Path card;

  private void copy(String name) throws IOException {
    model = Files.copy(TestModels.file(name), folder.resolve("m.pt"));
    card = Files.copy(TestModels.folder().resolve(name + ".yaml"), folder.resolve("m.yaml"));
  }

  private void edit(String from, String to) throws IOException {
    String text = Files.readString(card);
    assertTrue(text.contains(from), text);
    Files.writeString(card, text.replace(from, to));
  }

  private ModelFile open() {
    return ModelOpener.open(TestSpark.session(), EngineOptions.of(model.toUri().toString()));
  }

  private void assertRefused(String... parts) {
    String message = assertThrows(UserException.class, this::open).getMessage();
    for (String part : parts) {
      assertTrue(message.contains(part), message);
    }
  }

  @Test
  void opensAPathAndAUri() throws IOException {
    copy("tiny");
    ModelFile byUri = open();
    assertEquals(byUri, ModelOpener.open(TestSpark.session(), EngineOptions.of(model.toString())));
    assertEquals("test-tiny", byUri.card().name());
    // The executors' copy is the same file.
    byUri.verify(byUri.onExecutor());
  }

  @Test
  void tellsAMissingFile() {
    model = folder.resolve("nothing.pt");
    assertRefused("There is no feature model", "nothing.pt", "--model");
  }

  @Test
  void tellsAFolderAndAnUnknownScheme() {
    model = folder;
    assertRefused("is a folder");
    for (String uri : new String[] {"s3a://bucket/m.pt", "nowhere://m.pt"}) {
      String message =
          assertThrows(
                  UserException.class,
                  () -> ModelOpener.open(TestSpark.session(), EngineOptions.of(uri)))
              .getMessage();
      assertTrue(message.contains("nothing on the class path reads"), message);
    }
  }

  @Test
  void tellsAMissingCard() throws IOException {
    copy("tiny");
    Files.delete(card);
    assertRefused("has no card", "m.yaml", "card.yaml", "docs/models.md");
  }

  @Test
  void readsAnEmbeddedCard() throws IOException {
    copy("tiny");
    String yaml = Files.readString(card).replaceAll("(?m)^sha256:.*\n", "");
    Files.delete(card);
    Path archive = folder.resolve("embedded.pt");
    embed(yaml, archive);
    model = archive;
    assertEquals("test-tiny", open().card().name());
    assertEquals(ContentHash.hex(archive), open().sha256());
  }

  /** As {@code torch.jit.save(module, file, _extra_files={"card.yaml": yaml})} does: stored. */
  private void embed(String yaml, Path archive) throws IOException {
    try (ZipInputStream in = new ZipInputStream(Files.newInputStream(model));
        ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(archive))) {
      String root = null;
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        root = entry.getName().substring(0, entry.getName().indexOf('/'));
        put(out, entry.getName(), in.readAllBytes());
      }
      put(out, root + "/extra/card.yaml", yaml.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
  }

  private static void put(ZipOutputStream out, String name, byte[] bytes) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    java.util.zip.CRC32 crc = new java.util.zip.CRC32();
    crc.update(bytes);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(bytes.length);
    entry.setCrc(crc.getValue());
    out.putNextEntry(entry);
    out.write(bytes);
    out.closeEntry();
  }

  @Test
  void refusesAHugeCardBeforeItIsParsed() throws IOException {
    copy("tiny");
    Files.writeString(card, "#".repeat(1 << 20) + "\n" + Files.readString(card));
    assertRefused("The model card", "m.yaml", "more than 1 MiB");
    String yaml = Files.readString(card);
    Files.delete(card);
    Path archive = folder.resolve("embedded.pt");
    embed(yaml, archive);
    model = archive;
    assertRefused("card.yaml in", "more than 1 MiB");
  }

  @Test
  void tellsAnotherHash() throws IOException {
    copy("tiny");
    String wrong = "0".repeat(64);
    Files.writeString(
        card, Files.readString(card).replaceAll("(?m)^sha256:.*$", "sha256: " + wrong));
    assertRefused("has SHA-256", wrong, ContentHash.hex(model), "Fetch the file again");
  }

  @Test
  void tellsACopyThatChanged() throws IOException {
    copy("tiny");
    ModelFile opened = open();
    Files.write(model, new byte[] {1});
    String message = assertThrows(UserException.class, () -> opened.verify(model)).getMessage();
    assertTrue(message.contains(opened.sha256()), message);
  }

  @Test
  void tellsAFileThatIsNotTorchScript() throws IOException {
    copy("tiny");
    Files.writeString(model, "not a model");
    Files.writeString(
        card,
        Files.readString(card).replaceAll("(?m)^sha256:.*$", "sha256: " + ContentHash.hex(model)));
    assertRefused("is not a TorchScript file", "torch.jit.save");
    // Nor is any ZIP file.
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(model))) {
      put(out, "m/data", new byte[10]);
    }
    Files.writeString(
        card,
        Files.readString(card).replaceAll("(?m)^sha256:.*$", "sha256: " + ContentHash.hex(model)));
    assertRefused("is not a TorchScript file");
  }

  @Test
  @Tag("nightly")
  void tellsAWrongInputSize() throws IOException {
    copy("linear");
    edit("size: 16", "size: 24");
    assertRefused("does not run", "(1, 3, 24, 24)", "input.size");
  }

  @Test
  void tellsAWrongDimension() throws IOException {
    copy("tiny");
    edit("dimension: 16", "dimension: 17");
    assertRefused("(1, 16)", "(1, 17)", "output.dimension");
  }

  @Test
  @Tag("nightly")
  void tellsAnIndexBeyondTheTuple() throws IOException {
    copy("tiny_tuple");
    edit("index: 0", "index: 2");
    assertRefused("returns 2 tensor(s)", "output.index 2");
  }

  @ParameterizedTest
  @Tag("nightly")
  @CsvSource(
      delimiter = '|',
      value = {
        "logits: 1|logits: 3|returns 3 tensor(s)|output.logits 3",
        "logits: 1|logits: 2|float32 logits of shape (1, 3, 8, 8)|output.logits in its card",
        "logits: 1|logits: -1|has output.logits -1|0 or more",
        "spatial: 2|spatial: 3|returns 3 tensor(s)|output.spatial 3",
        "spatial: 2|spatial: -1|has output.spatial -1|0 or more",
      })
  void tellsFurtherOutputsThatAreNot(String right, String wrong, String what, String remedy)
      throws IOException {
    copy("tiny_outputs");
    edit(right, wrong);
    assertRefused(what, remedy);
  }

  @Test
  @Tag("nightly")
  void tellsAWrongRank() throws IOException {
    copy("rank1");
    assertRefused("rank 1", "output.pooling");
  }

  @Test
  @Tag("nightly")
  void tellsAMapWithoutAPoolingRule() throws IOException {
    copy("tiny_map");
    edit("  pooling: mean\n", "");
    assertRefused("rank 4", "add output.pooling");
  }

  @Test
  @Tag("nightly")
  void tellsAPoolingRuleThatDoesNotFit() throws IOException {
    copy("tiny_map");
    edit("pooling: mean", "pooling: first");
    assertRefused("'first'", "rank 3");
  }
}
