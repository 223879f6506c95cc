package dev.trestle.state.checkpoint;

import java.io.IOException;
import java.net.URI;
import java.util.ServiceLoader;
import java.util.Set;

/**
 * Opens the stores of some schemes of URIs. {@link CheckpointStores} finds providers by {@link
 * ServiceLoader}, so that a store is added by adding its jar. Thread safe.
 */
public interface CheckpointStoreProvider {

  /** The schemes, in lower case: {@code s3}, say. */
  Set<String> schemes();

  /**
   * Opens a store. What can be found out about the place is found out here: a job had better not
   * start than fail at its first checkpoint.
   *
   * @param place with an authority, and with neither query nor fragment
   * @throws IllegalArgumentException if it cannot be such a place
   * @throws IOException if it cannot be used as it is, with the remedy
   */
  CheckpointStore open(URI place) throws IOException;
}
