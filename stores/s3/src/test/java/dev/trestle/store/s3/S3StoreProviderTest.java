package dev.trestle.store.s3;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.trestle.state.checkpoint.CheckpointStores;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class S3StoreProviderTest {

  @TempDir Path directory;

  @AfterEach
  void forget() {
    S3Settings.use(Map.of());
  }

  @Test
  void isFoundByItsScheme() {
    assertThat(CheckpointStores.load().canOpen("s3://bucket/prefix"), is(true));
  }

  @Test
  void bucketIsNeeded() {
    assertThrows(IllegalArgumentException.class, () -> S3Settings.open("s3:///prefix"));
  }

  @Test
  void serverThatIsNotThereIsNamedWithTheSettings() {
    S3Settings.use(S3Settings.environment(URI.create("http://127.0.0.1:1")));
    IOException failure = assertThrows(IOException.class, () -> S3Settings.open("s3://bucket/a"));
    assertThat(
        failure.getMessage(),
        allOf(containsString("s3://bucket/a/"), containsString("AWS_ENDPOINT_URL_S3")));
  }

  @Test
  void missingRegionIsNamedWithTheSetting() {
    assumeTrue(System.getenv("AWS_REGION") == null, "the environment has a region");
    S3Settings.use(Map.of());
    System.setProperty("aws.configFile", directory.resolve("none").toString());
    System.setProperty("aws.disableEc2Metadata", "true");
    try {
      IOException failure = assertThrows(IOException.class, () -> S3Settings.open("s3://bucket/a"));
      assertThat(
          failure.getMessage(),
          allOf(containsString("s3://bucket/a/"), containsString("AWS_REGION")));
    } finally {
      System.clearProperty("aws.configFile");
      System.clearProperty("aws.disableEc2Metadata");
    }
  }

  @Test
  void largestFileHasNoMorePartsThanS3Takes() {
    assertThat(MultipartUpload.partSize(MultipartUpload.PART + 1), is(MultipartUpload.PART));
    long fiveTerabytes = 5L << 40;
    long part = MultipartUpload.partSize(fiveTerabytes);
    assertThat((fiveTerabytes + part - 1) / part <= 10_000, is(true));
  }
}
