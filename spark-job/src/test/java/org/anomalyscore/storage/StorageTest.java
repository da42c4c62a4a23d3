package org.anomalyscore.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StorageTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3a://AKIA123:topsecret@bucket/images",
        "s3a://AKIA123:topsecret/with/slashes@bucket/images",
        "S3A://AKIA123@bucket/images",
        "s3a://AKIA123:topsecret",
        "hdfs://user:topsecret@host:8020/images",
        "--images=s3a://AKIA123:topsecret@bucket/images"
      })
  void aUriWithCredentialsIsRefusedAndNotRepeated(String text) {
    String message =
        assertThrows(UserException.class, () -> Storage.path("--images", text)).getMessage();
    assertFalse(message.contains("topsecret") || message.contains("AKIA123"), message);
    assertFalse(message.contains("bucket/images"), message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3a://bucket/mail@example.org:1/a.png",
        "s3a://bucket",
        "hdfs://host:8020/a@b",
        "abfss://container@account.dfs.core.windows.net/images",
        "file:/a:b@c/d",
        "a@b/c"
      })
  void otherPathsAreNot(String text) {
    Storage.refuseCredentials("--images", text);
  }

  @Test
  void aPathStaysAsItWasWritten() {
    assertEquals("s3a://bucket/a b", Storage.path("--images", "s3a://bucket/a b").toString());
  }
}
