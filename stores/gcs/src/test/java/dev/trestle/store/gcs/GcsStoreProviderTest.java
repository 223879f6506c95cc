package dev.trestle.store.gcs;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.cloud.NoCredentials;
import dev.trestle.state.checkpoint.CheckpointStores;
import java.net.URI;
import org.junit.jupiter.api.Test;

final class GcsStoreProviderTest {

  @Test
  void isFoundByItsScheme() {
    assertThat(CheckpointStores.load().canOpen("gs://bucket/prefix"), is(true));
  }

  @Test
  void bucketIsNeeded() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new GcsStoreProvider().open(URI.create("gs:///prefix")));
  }

  @Test
  void emulatorIsAskedWithoutCredentials() {
    for (String emulator : new String[] {"127.0.0.1:4443", "http://127.0.0.1:4443"}) {
      assertThat(GcsStoreProvider.options(emulator).getHost(), is("http://127.0.0.1:4443"));
      assertThat(
          GcsStoreProvider.options(emulator).getCredentials(), is(NoCredentials.getInstance()));
    }
  }
}
