package dev.trestle.store.s3;

import java.io.IOException;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Says what went wrong, where, and what to do about it. */
final class S3Failures {

  private static final Set<String> OTHER_REGION =
      Set.of(
          "PermanentRedirect",
          "AuthorizationHeaderMalformed",
          "IllegalLocationConstraintException");

  private S3Failures() {}

  /** A failure of the SDK, after the attempts that it makes by itself. */
  static IOException toIoException(String place, SdkException failure) {
    return new IOException(place + ": " + describe(failure), failure);
  }

  private static String describe(SdkException failure) {
    if (!(failure instanceof S3Exception answer)) {
      return "S3 could not be asked; region, credentials and endpoint are AWS_REGION,"
          + " AWS_ACCESS_KEY_ID and so on, AWS_ENDPOINT_URL_S3, or a profile's ("
          + failure.getMessage()
          + ")";
    }
    AwsErrorDetails details = answer.awsErrorDetails();
    String code = details == null ? "" : String.valueOf(details.errorCode());
    String detail = "(" + answer.getMessage() + ")";
    if (code.equals("NoSuchBucket")) {
      return "there is no such bucket; create it " + detail;
    }
    if (OTHER_REGION.contains(code)) {
      return "the bucket is in another region; set AWS_REGION " + detail;
    }
    if (answer.statusCode() == 401 || answer.statusCode() == 403) {
      return "access refused; the credentials of the AWS SDK (AWS_ACCESS_KEY_ID, profile, role) have"
          + " to be valid and allow s3:ListBucket, GetObject, PutObject, DeleteObject and"
          + " AbortMultipartUpload "
          + detail;
    }
    return "S3 answered with status " + answer.statusCode() + " " + detail;
  }
}
