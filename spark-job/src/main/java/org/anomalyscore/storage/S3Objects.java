package org.anomalyscore.storage;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.s3a.Constants;
import org.apache.hadoop.fs.s3a.RemoteFileChangedException;
import org.apache.hadoop.fs.s3a.S3AFileStatus;
import org.apache.hadoop.fs.s3a.S3AFileSystem;
import org.apache.hadoop.fs.s3a.WriteOperationHelper;
import org.apache.hadoop.util.functional.FutureIO;
import org.apache.hadoop.util.functional.RemoteIterators;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * What S3 can do and Hadoop's interface cannot say. A class of its own, because it is the only one
 * that does not load where hadoop-aws is missing; ask {@link Storage#isS3A} first.
 */
final class S3Objects {

  private static final int PRECONDITION_FAILED = 412;
  private static final int CONFLICT = 409;
  private static final int MOST_CONFLICTS = 10;

  /** Metadata by which this run knows its object from that of another writer of the same bytes. */
  private static final String WRITER = "writer";

  private S3Objects() {}

  /** See {@link ExclusiveFile#create}. */
  static boolean createExclusively(FileSystem fs, Path path, byte[] content) throws IOException {
    S3AFileSystem s3a = (S3AFileSystem) fs;
    String key = s3a.pathToKey(path);
    String writer = UUID.randomUUID().toString();
    WriteOperationHelper operations = s3a.getWriteOperationHelper();
    S3Client client = s3a.getS3AInternals().getAmazonS3Client("exclusive create");
    // S3A's own request carries the configured encryption and storage class. Without options: the
    // class of options has other constructors and methods in each of Hadoop 3.4.1, 3.4.2 and 3.5.0.
    PutObjectRequest plain = operations.createPutObjectRequest(key, content.length, null);
    Map<String, String> metadata = new HashMap<>(plain.metadata());
    metadata.put(WRITER, writer);
    PutObjectRequest request =
        plain.toBuilder()
            .metadata(metadata)
            // This SDK has no ifNoneMatch() yet.
            .overrideConfiguration(o -> o.putHeader("If-None-Match", "*"))
            .build();
    boolean made =
        operations.retry(
            "exclusive create", path.toString(), true, () -> put(client, request, content, writer));
    if (made) {
      requireRefusal(client, request, content, path);
    }
    return made;
  }

  /** A server that ignores the condition would give every run the lease. */
  private static void requireRefusal(
      S3Client client, PutObjectRequest request, byte[] content, Path path) {
    try {
      client.putObject(request, RequestBody.fromBytes(content));
    } catch (S3Exception e) {
      // Refused, or in doubt: an answer of another kind speaks of this attempt only.
      return;
    }
    throw new UserException(
        "Cannot lock "
            + path
            + ": this S3 server overwrites an object although it was asked not to (If-None-Match:"
            + " *), so that two runs would not see each other. Use a server that keeps to the"
            + " condition, as AWS does.");
  }

  private static boolean put(
      S3Client client, PutObjectRequest request, byte[] content, String writer) {
    for (int attempt = 1; ; attempt++) {
      try {
        client.putObject(request, RequestBody.fromBytes(content));
        return true;
      } catch (S3Exception e) {
        // In a conflict S3 has not decided yet, and wants to be asked again.
        if (e.statusCode() == CONFLICT && attempt < MOST_CONFLICTS) {
          continue;
        }
        if (e.statusCode() != PRECONDITION_FAILED) {
          throw e;
        }
        return isWriter(client, request, writer);
      }
    }
  }

  /**
   * True when the object that is there is this run's after all: an answer that got lost on the way
   * makes the client send the same request again, and S3 then refuses it.
   */
  private static boolean isWriter(S3Client client, PutObjectRequest request, String writer) {
    try {
      HeadObjectResponse there =
          client.headObject(h -> h.bucket(request.bucket()).key(request.key()));
      return writer.equals(there.metadata().get(WRITER));
    } catch (NoSuchKeyException e) {
      // Deleted since; it was there, and another's, when the server was asked.
      return false;
    }
  }

  /** See {@link Storage#readListed}. */
  static byte[] readListed(FileSystem fs, Path path, long length, String etag) throws IOException {
    Configuration hadoop = fs.getConf();
    // Else nothing would say that the object was replaced, and a part of it be taken for the whole.
    if (!"etag".equals(hadoop.getTrimmed(Constants.CHANGE_DETECT_SOURCE, "etag"))
        || !"server".equals(hadoop.getTrimmed(Constants.CHANGE_DETECT_MODE, "server"))) {
      return null;
    }
    S3AFileStatus listed = new S3AFileStatus(length, 0, path, length, null, etag, null);
    try (InputStream in = FutureIO.awaitFuture(fs.openFile(path).withFileStatus(listed).build())) {
      return in.readAllBytes();
    } catch (RemoteFileChangedException e) {
      return null;
    }
  }

  /** See {@link PendingUploads#abort}. */
  static int abortUploads(FileSystem fs, Path folder) throws IOException {
    long aborted = ((S3AFileSystem) fs).getS3AInternals().abortMultipartUploads(folder);
    // -1 where multipart uploads are switched off.
    return Math.toIntExact(Math.max(0, aborted));
  }

  /** See {@link PendingUploads#count}. */
  static int countUploads(FileSystem fs, Path folder) throws IOException {
    S3AFileSystem s3a = (S3AFileSystem) fs;
    return RemoteIterators.toList(s3a.listUploads(s3a.pathToKey(s3a.makeQualified(folder)) + "/"))
        .size();
  }
}
