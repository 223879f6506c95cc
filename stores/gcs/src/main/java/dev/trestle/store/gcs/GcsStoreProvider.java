package dev.trestle.store.gcs;

import com.google.cloud.NoCredentials;
import com.google.cloud.storage.StorageOptions;
import com.google.cloud.storage.StorageRetryStrategy;
import dev.trestle.state.checkpoint.BucketPrefix;
import dev.trestle.state.checkpoint.CheckpointStore;
import dev.trestle.state.checkpoint.CheckpointStoreProvider;
import java.io.IOException;
import java.net.URI;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Opens {@code gs://BUCKET/PREFIX}, with Google's application default credentials. If {@code
 * STORAGE_EMULATOR_HOST} is set ({@code http://127.0.0.1:4443}), that is asked instead of Google,
 * without credentials.
 */
public final class GcsStoreProvider implements CheckpointStoreProvider {

  /** For {@link java.util.ServiceLoader}. */
  public GcsStoreProvider() {}

  @Override
  public Set<String> schemes() {
    return Set.of("gs");
  }

  @Override
  public CheckpointStore open(URI place) throws IOException {
    BucketPrefix bucket = BucketPrefix.of(place);
    return GcsStore.open(options(System.getenv("STORAGE_EMULATOR_HOST")).getService(), bucket);
  }

  /**
   * Every request may be repeated: no object is ever written with two contents, and whoever creates
   * one recognises it.
   *
   * @param emulator the URL of what is asked instead of Google, or its host and port
   */
  static StorageOptions options(@Nullable String emulator) {
    StorageOptions.Builder options =
        StorageOptions.http()
            .setStorageRetryStrategy(StorageRetryStrategy.getUniformStorageRetryStrategy());
    if (emulator != null && !emulator.isEmpty()) {
      options
          .setHost(emulator.contains("://") ? emulator : "http://" + emulator)
          .setCredentials(NoCredentials.getInstance());
    }
    return options.build();
  }
}
