package dev.trestle.store.s3;

import dev.trestle.state.checkpoint.CheckpointStore;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.UUID;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.s3.S3Client;

/** Opens stores of a server as a user does, by the settings that the SDK reads. */
final class S3Settings {

  static final String BUCKET = "checkpoints";

  private static final String REGION = "eu-central-1";

  private static final Map<String, String> PROPERTIES =
      Map.of(
          "AWS_ENDPOINT_URL_S3", "aws.endpointUrlS3",
          "AWS_REGION", "aws.region",
          "AWS_ACCESS_KEY_ID", "aws.accessKeyId",
          "AWS_SECRET_ACCESS_KEY", "aws.secretAccessKey",
          "TRESTLE_S3_PATH_STYLE", "trestle.s3.pathStyle");

  private S3Settings() {}

  /** The environment in which a process finds the server. */
  static Map<String, String> environment(URI endpoint) {
    return Map.of(
        "AWS_ENDPOINT_URL_S3",
        endpoint.toString(),
        "AWS_REGION",
        REGION,
        "AWS_ACCESS_KEY_ID",
        "any",
        "AWS_SECRET_ACCESS_KEY",
        "any");
  }

  /** A place that nobody has used. */
  static String newPlace() {
    return "s3://" + BUCKET + "/" + UUID.randomUUID();
  }

  /** From now on these settings are those of this process, and no others. */
  static void use(Map<String, String> environment) {
    PROPERTIES.forEach(
        (variable, property) -> {
          if (environment.containsKey(variable)) {
            System.setProperty(property, environment.get(variable));
          } else {
            System.clearProperty(property);
          }
        });
  }

  static CheckpointStore open(String place) throws IOException {
    return new S3StoreProvider().open(URI.create(place));
  }

  /** With these settings, a bucket. */
  static void createBucket() {
    try (S3Client client =
        S3Client.builder().httpClientBuilder(UrlConnectionHttpClient.builder()).build()) {
      client.createBucket(
          create ->
              create
                  .bucket(BUCKET)
                  .createBucketConfiguration(place -> place.locationConstraint(REGION)));
    }
  }
}
