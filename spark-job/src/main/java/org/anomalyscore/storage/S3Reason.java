package org.anomalyscore.storage;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.s3a.AWSRedirectException;
import org.apache.hadoop.fs.s3a.AWSServiceThrottledException;
import org.apache.hadoop.fs.s3a.CredentialInitializationException;
import org.apache.hadoop.fs.s3a.UnknownStoreException;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/**
 * What an answer of S3 means. Loads only where hadoop-aws is; {@link StorageFault} asks first.
 *
 * <p>Names the bucket, the status and S3's error code, and never S3's own text, which for a wrong
 * signature holds the access key.
 */
final class S3Reason {

  private static final Pattern BUCKET = Pattern.compile("s3a://([^/\\s:'\"]+)");

  /** The credentials are at fault, not what they may do. */
  private static final Set<String> BAD_CREDENTIALS =
      Set.of(
          "InvalidAccessKeyId",
          "SignatureDoesNotMatch",
          "InvalidToken",
          "ExpiredToken",
          "TokenRefreshRequired",
          "InvalidSecurity",
          "NotSignedUp",
          "AccountProblem");

  private S3Reason() {}

  /**
   * The reason.
   *
   * @param path where the failure was met; a text that may hold the URI
   * @return never null
   */
  static FaultReason of(String path, Throwable failure) {
    String bucket = bucket(path, failure);
    if (has(failure, CredentialInitializationException.class)) {
      return new FaultReason(
          "no AWS credentials were found for " + bucket,
          "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment, or use a profile or"
              + " the role of the machine: see docs/s3.md.",
          true);
    }
    AwsServiceException answer = find(failure, AwsServiceException.class);
    AwsErrorDetails details = answer == null ? null : answer.awsErrorDetails();
    String code = details == null || details.errorCode() == null ? "" : details.errorCode();
    int status = answer == null ? 0 : answer.statusCode();
    String said = status + (code.isEmpty() ? "" : " " + code);
    if (has(failure, UnknownStoreException.class) || code.equals("NoSuchBucket")) {
      return new FaultReason(
          "there is no bucket " + bucket,
          "Check its name, and fs.s3a.endpoint if it is not Amazon's.",
          true);
    }
    if (BAD_CREDENTIALS.contains(code)) {
      return new FaultReason(
          "%s: S3 does not accept the AWS credentials (%s)".formatted(bucket, said),
          "Check which ones the job finds (environment, profile, role of the machine) and whether"
              + " they have expired; they are not shown here.",
          true);
    }
    if (code.equals("RequestTimeTooSkewed")) {
      return new FaultReason(
          "%s: the clock of this machine is wrong (%s)".formatted(bucket, said),
          "Set it, and start again.",
          true);
    }
    if (has(failure, AWSServiceThrottledException.class) || status == 503 || status == 429) {
      return new FaultReason(
          "%s: S3 asks to slow down (%s), and after all retries it still does"
              .formatted(bucket, said),
          "Start again later, with fewer tasks at once, or raise fs.s3a.retry.throttle.limit.",
          true);
    }
    if (has(failure, AWSRedirectException.class) || status == 301) {
      return new FaultReason(
          "the bucket %s is in another region (%s)".formatted(bucket, said),
          "Set fs.s3a.endpoint.region to it.",
          true);
    }
    if (status == 400) {
      return new FaultReason(
          "%s: S3 refuses the request (%s)".formatted(bucket, said),
          "The usual causes are another region (fs.s3a.endpoint.region) and an expired session"
              + " token.",
          true);
    }
    if (status == 401 || status == 403) {
      return new FaultReason(
          "%s: access is denied (%s): no permission, or wrong AWS credentials"
              .formatted(bucket, said),
          "Grant the permissions that docs/s3.md lists, for the bucket"
              + " and all below the path, and check which credentials the job finds.",
          false);
    }
    return new FaultReason(
        "%s: S3 failed (%s)"
            .formatted(bucket, answer == null ? failure.getClass().getSimpleName() : said),
        "Start again later; if it stays, ask whoever runs the storage.",
        false);
  }

  /** {@code s3a://BUCKET}, from the path or else from a message. */
  static String bucket(String path, Throwable failure) {
    Matcher inPath = BUCKET.matcher(path);
    if (inPath.find()) {
      return inPath.group();
    }
    for (Throwable t = failure; t != null; t = t.getCause()) {
      Matcher inMessage = BUCKET.matcher(String.valueOf(t.getMessage()));
      if (inMessage.find()) {
        return inMessage.group();
      }
    }
    return "S3";
  }

  private static boolean has(Throwable failure, Class<? extends Throwable> type) {
    return find(failure, type) != null;
  }

  private static <T extends Throwable> T find(Throwable failure, Class<T> type) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (type.isInstance(t)) {
        return type.cast(t);
      }
    }
    return null;
  }
}
