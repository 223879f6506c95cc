package dev.trestle.store.s3;

import dev.trestle.state.checkpoint.BucketPrefix;
import dev.trestle.state.checkpoint.CheckpointStore;
import dev.trestle.state.checkpoint.CheckpointStoreProvider;
import java.io.IOException;
import java.net.URI;
import java.util.Set;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Opens {@code s3://BUCKET/PREFIX}. Region, credentials, endpoint and the number of attempts come
 * from where the AWS SDK looks for them: system properties ({@code aws.region}), the environment
 * ({@code AWS_REGION}, {@code AWS_ENDPOINT_URL_S3}), the profile, the machine. With {@code
 * TRESTLE_S3_PATH_STYLE=true}, or the system property {@code trestle.s3.pathStyle}, the bucket is
 * part of the path and not of the host's name, as many other servers want it; with an endpoint that
 * is an IP address it always is.
 */
public final class S3StoreProvider implements CheckpointStoreProvider {

  /** For {@link java.util.ServiceLoader}. */
  public S3StoreProvider() {}

  @Override
  public Set<String> schemes() {
    return Set.of("s3");
  }

  @Override
  public CheckpointStore open(URI place) throws IOException {
    BucketPrefix bucket = BucketPrefix.of(place);
    return S3Store.open(client(bucket), bucket);
  }

  private static S3Client client(BucketPrefix bucket) throws IOException {
    try {
      return S3Client.builder()
          .httpClientBuilder(UrlConnectionHttpClient.builder())
          .forcePathStyle(isPathStyle())
          .build();
    } catch (SdkException e) {
      throw S3Failures.toIoException(bucket.toString(), e);
    }
  }

  private static boolean isPathStyle() {
    String property = System.getProperty("trestle.s3.pathStyle");
    return Boolean.parseBoolean(
        property == null ? System.getenv("TRESTLE_S3_PATH_STYLE") : property);
  }
}
