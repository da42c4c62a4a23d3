package org.anomalyscore.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.AccessControlException;

/**
 * What a storage's failure means to the user: why, and what to do. The one place where exceptions
 * of file systems become messages. No message repeats what a server or client said about
 * credentials.
 */
public final class StorageFault {

  private StorageFault() {}

  /**
   * The message for a failure that ended a task of the user's.
   *
   * @param task what could not be done, as {@code Cannot read the tables under x}
   * @param path where
   */
  public static UserException of(String task, Path path, Exception failure) {
    FaultReason reason = reason(path.toString(), failure);
    if (reason == null) {
      reason = new FaultReason(failure.toString(), "Check the storage and try again.", false);
    }
    return new UserException(task + ": " + reason.why() + ". " + reason.remedy(), failure);
  }

  /**
   * The user's fault among the causes of a failure, as when a Spark task met it: a {@link
   * UserException}, or S3's answer to a read or write of Spark's own.
   *
   * @return null if it is a bug in this program
   */
  public static UserException in(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof UserException fault) {
        return fault;
      }
    }
    FaultReason reason = s3Reason(failure.toString(), failure);
    if (reason == null) {
      reason = fullDisk(failure);
    }
    String ofTable = reason == null ? TableFileFault.in(failure) : null;
    if (ofTable != null) {
      return new UserException(ofTable, failure);
    }
    return reason == null
        ? null
        : new UserException(
            "Cannot go on: " + reason.why() + ". " + reason.remedy() + " What is written stays.",
            failure);
  }

  /**
   * Returns if a failed read says something about one file only, which may then be rejected. Else a
   * night's outage would make rejects of a million good images.
   *
   * <p>The failure itself seldom shows which: S3 answers a HEAD request with a bare 403 or 404
   * whether the object, the bucket or the key is at fault. So the folder of the file is listed, as
   * it was when the file was found: where that works, the storage is there and the credentials are
   * good.
   *
   * @throws UserException if the storage as a whole is at fault
   */
  public static void requireStorage(Path file, Configuration hadoop, IOException failure) {
    FaultReason reason = reason(file.toString(), failure);
    if (reason != null && reason.everywhere()) {
      throw cannotRead(file, reason);
    }
    try {
      FileSystem fs = file.getFileSystem(hadoop);
      if (!"file".equals(fs.getUri().getScheme())) {
        fs.listStatusIterator(file.getParent()).hasNext();
      }
    } catch (FileNotFoundException e) {
      // The folder went with the file; the storage answered.
    } catch (IOException e) {
      FaultReason wider = reason(file.toString(), e);
      throw cannotRead(
          file,
          wider != null
              ? wider
              : new FaultReason(e.toString(), "Check the storage and start again.", true));
    }
  }

  /** Without a cause: an executor's exception must reach a driver that may lack its classes. */
  private static UserException cannotRead(Path file, FaultReason reason) {
    return new UserException(
        "Cannot read '%s', nor go on with others: %s. %s"
            .formatted(file, reason.why(), reason.remedy()));
  }

  private static FaultReason reason(String path, Exception failure) {
    FaultReason s3 = s3Reason(path, failure);
    if (s3 != null) {
      return s3;
    }
    if (String.valueOf(failure.getMessage()).contains("Too many open files")) {
      // Java calls it a file that is not found.
      return new FaultReason(
          "this process has as many files open as the machine allows it (Too many open files)",
          "Raise the limit (ulimit -n) and start again.",
          true);
    }
    if (failure instanceof AccessControlException || failure instanceof AccessDeniedException) {
      return new FaultReason(
          "no permission (" + failure.getMessage() + ")",
          "Grant it to the user that runs the job, for the folder and all below it.",
          false);
    }
    if (failure instanceof FileNotFoundException || failure instanceof NoSuchFileException) {
      return new FaultReason(
          "a file or folder is not there, or was removed meanwhile (" + failure.getMessage() + ")",
          "Start again when nothing writes there.",
          false);
    }
    return unreachable(path, failure);
  }

  /** Whether S3 failed, rather than what was read from it. */
  public static boolean isOfS3(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      String type = t.getClass().getName();
      if (type.startsWith("org.apache.hadoop.fs.s3a.")
          || type.startsWith("software.amazon.awssdk.")) {
        return true;
      }
    }
    return false;
  }

  /** S3's classes are looked at only where there are any. */
  private static FaultReason s3Reason(String path, Throwable failure) {
    if (!isOfS3(failure)) {
      return null;
    }
    FaultReason unreachable = unreachable(S3Reason.bucket(path, failure), failure);
    return unreachable == null ? S3Reason.of(path, failure) : unreachable;
  }

  /** Java has no type for it. A task's exception may have reached the driver as text alone. */
  private static FaultReason fullDisk(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      String message = String.valueOf(t.getMessage());
      for (String sign : List.of("No space left on device", "Disk quota exceeded")) {
        if (message.contains(sign)) {
          return new FaultReason(
              "a disk is full (" + sign + ")",
              "Make room where --out lies, and where Spark keeps its scratch files"
                  + " (spark.local.dir), and start again.",
              true);
        }
      }
    }
    return null;
  }

  /** Null if nothing says that the storage was not reached. */
  private static FaultReason unreachable(String where, Throwable failure) {
    Throwable lost = innermost(failure, LostConnection::isOne);
    if (lost == null) {
      return null;
    }
    boolean never = LostConnection.neverStood(lost);
    return new FaultReason(
        "the storage behind %s cannot be reached%s (%s)"
            .formatted(where, never ? "" : ": the connection broke off", lost),
        "Check the address (fs.s3a.endpoint for S3), the network and the server, and start again.",
        // One that broke off while a file was read may be that file's: the folder's listing says.
        never);
  }

  /** It speaks of host and port alone. */
  private static Throwable innermost(Throwable failure, Predicate<Throwable> kind) {
    Throwable found = null;
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (kind.test(t)) {
        found = t;
      }
    }
    return found;
  }
}
