package org.anomalyscore.storage;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import javax.net.ssl.SSLHandshakeException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.s3a.HttpChannelEOFException;
import org.apache.hadoop.fs.s3a.S3AUtils;
import org.apache.http.ConnectionClosedException;
import org.apache.http.NoHttpResponseException;
import org.apache.http.TruncatedChunkException;
import org.apache.http.conn.ConnectionPoolTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

final class StorageFaultTest {

  private static final Path IMAGE = new Path("s3a://night/images/a.png");

  /** S3's own text may hold the key, as that of a wrong signature does. */
  private static IOException answer(int status, String code) {
    SdkException answer =
        (SdkException)
            S3Exception.builder()
                .statusCode(status)
                .message("AKIASECRET was refused")
                .awsErrorDetails(
                    AwsErrorDetails.builder()
                        .errorCode(code)
                        .sdkHttpResponse(SdkHttpResponse.builder().statusCode(status).build())
                        .errorMessage("AKIASECRET was refused")
                        .build())
                .build();
    return S3AUtils.translateException("open", IMAGE, answer);
  }

  @ParameterizedTest
  @CsvSource({
    "404, NoSuchBucket, there is no bucket s3a://night, Check its name",
    "403, InvalidAccessKeyId, S3 does not accept the AWS credentials (403 InvalidAccessKeyId),"
        + " expired",
    "403, SignatureDoesNotMatch, S3 does not accept the AWS credentials, Check which ones",
    "400, ExpiredToken, S3 does not accept the AWS credentials (400 ExpiredToken), expired",
    "403, AccessDenied, access is denied (403 AccessDenied), Grant the permissions",
    "503, SlowDown, S3 asks to slow down (503 SlowDown), Start again later",
    "301, PermanentRedirect, in another region, fs.s3a.endpoint.region",
    "403, RequestTimeTooSkewed, the clock of this machine is wrong, Set it",
    "400, AuthorizationHeaderMalformed, S3 refuses the request, region",
    "500, InternalError, S3 failed (500 InternalError), Start again later"
  })
  void namesBucketAndRemedyAndNoKey(int status, String code, String why, String remedy) {
    IOException failure = answer(status, code);
    for (UserException told :
        List.of(
            StorageFault.of("Cannot read x", IMAGE, failure),
            StorageFault.in(
                new IllegalStateException(
                    "Task failed while writing to s3a://night/t", failure)))) {
      for (String part : List.of("s3a://night", why, remedy)) {
        assertTrue(told.getMessage().contains(part), told.getMessage());
      }
      assertFalse(told.getMessage().contains("AKIASECRET"), told.getMessage());
    }
  }

  @Test
  void theUsersFaultIsFoundAmongTheCausesAndOursIsNot() {
    UserException fault = new UserException("x");
    assertSame(fault, StorageFault.in(new IllegalStateException(new IOException(fault))));
    assertNull(StorageFault.in(new IllegalStateException(new IOException("disk"))));
    // Spark's own connections are no storage.
    assertNull(StorageFault.in(new ConnectException("refused")));
  }

  @Test
  void aStorageThatIsAwayIsNotOneFilesFault() {
    for (IOException failure :
        List.of(
            new ConnectException("Connection refused"),
            answer(503, "SlowDown"),
            answer(403, "InvalidAccessKeyId"),
            answer(404, "NoSuchBucket"))) {
      UserException told =
          assertThrows(
              UserException.class,
              () -> StorageFault.requireStorage(IMAGE, new Configuration(false), failure));
      assertTrue(told.getMessage().contains("nor go on with others"), told.getMessage());
      assertNull(told.getCause(), "an executor's exception must be readable on any driver");
    }
  }

  private static SdkClientException sdk(Throwable cause) {
    return SdkClientException.create("Unable to execute HTTP request", cause);
  }

  /** Every way in which a connection to a server is refused, hangs or breaks off. */
  static List<Exception> lostConnections() {
    return List.of(
        new ConnectException("Connection refused"),
        new NoRouteToHostException("No route to host"),
        new PortUnreachableException("ICMP Port Unreachable"),
        new UnknownHostException("s3.nowhere"),
        new SocketTimeoutException("Read timed out"),
        new SocketException("Connection reset"),
        new SocketException("Broken pipe"),
        new SSLHandshakeException("no cipher suites in common"),
        new NoHttpResponseException("127.0.0.1:9000 failed to respond"),
        new ConnectionClosedException("Premature end of Content-Length delimited message body"),
        new TruncatedChunkException("Truncated chunk"),
        new HttpChannelEOFException("s3a://night/images/a.png", "no response", null),
        new org.apache.http.conn.ConnectTimeoutException("Connect to 127.0.0.1:9000 timed out"),
        new org.apache.hadoop.net.ConnectTimeoutException("timed out"),
        new ConnectionPoolTimeoutException("Timeout waiting for connection from pool"),
        ApiCallTimeoutException.create(1000),
        ApiCallAttemptTimeoutException.create(1000));
  }

  @ParameterizedTest
  @MethodSource("lostConnections")
  void aLostConnectionIsAStorageThatCannotBeReached(Exception lost) {
    IOException translated =
        S3AUtils.translateException(
            "open", IMAGE, lost instanceof SdkException sdk ? sdk : sdk(lost));
    UserException read = StorageFault.of("Cannot read x", IMAGE, translated);
    assertTrue(read.getMessage().contains("s3a://night cannot be reached"), read.getMessage());
    assertTrue(read.getMessage().contains("Check the address"), read.getMessage());
    UserException written =
        StorageFault.in(new IllegalStateException("writing to s3a://night/t", translated));
    assertTrue(written.getMessage().contains("s3a://night cannot be reached"));
  }

  /** Apart: S3A's own translation fails on it, for want of a message. */
  @Test
  void aClosedChannelIsALostConnection() {
    assertTrue(LostConnection.isOne(new ClosedChannelException()));
    assertFalse(LostConnection.isOne(new FileNotFoundException("a.png")));
  }

  @Test
  void aLocalFileIsOneFile() {
    assertDoesNotThrow(
        () ->
            StorageFault.requireStorage(
                new Path("file:/nowhere/a.png"),
                new Configuration(),
                new FileNotFoundException("/nowhere/a.png (Permission denied)")));
  }

  @Test
  void whatAnExecutorThrowsReachesTheDriver() throws Exception {
    UserException sent = StorageFault.of("Cannot list x", IMAGE, answer(403, "AccessDenied"));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(sent);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertEquals(sent.getMessage(), ((Throwable) in.readObject()).getMessage());
    }
  }

  /** Hadoop's local file system throws an Error there, which no catch of exceptions sees. */
  @Test
  void aFullDiskIsToldWhateverIsThrown() {
    Throwable full = new Error(new java.io.IOException("No space left on device"));
    String message = StorageFault.in(full).getMessage();
    assertTrue(message.contains("a disk is full"), message);
    assertTrue(message.contains("What is written stays"), message);
  }
}
