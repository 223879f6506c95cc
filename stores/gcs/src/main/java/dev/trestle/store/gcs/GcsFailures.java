package dev.trestle.store.gcs;

import com.google.cloud.storage.StorageException;
import java.io.IOException;
import java.net.HttpURLConnection;

/** Says what went wrong, where, and what to do about it. */
final class GcsFailures {

  private GcsFailures() {}

  /** A failure of the client, after the attempts that it makes by itself. */
  static IOException toIoException(String place, StorageException failure) {
    return new IOException(place + ": " + describe(failure), failure);
  }

  private static String describe(StorageException failure) {
    String detail = "(" + failure.getMessage() + ")";
    return switch (failure.getCode()) {
      case 0 ->
          "Google Cloud Storage could not be asked; are there application default credentials"
              + " (GOOGLE_APPLICATION_CREDENTIALS), and a connection? "
              + detail;
      case HttpURLConnection.HTTP_UNAUTHORIZED, HttpURLConnection.HTTP_FORBIDDEN ->
          "access refused; the application default credentials (GOOGLE_APPLICATION_CREDENTIALS)"
              + " have to be valid, with the role Storage Object Admin on the bucket "
              + detail;
      case HttpURLConnection.HTTP_NOT_FOUND -> "there is no such bucket; create it " + detail;
      default -> "Google Cloud Storage answered with status " + failure.getCode() + " " + detail;
    };
  }
}
