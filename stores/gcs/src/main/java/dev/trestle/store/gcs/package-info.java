/**
 * Checkpoints in Google Cloud Storage. {@link GcsStoreProvider} is found by its scheme; {@link
 * GcsStore} is the store.
 *
 * <p>Imports {@code dev.trestle.state.checkpoint} and Google's client library.
 */
@NullMarked
package dev.trestle.store.gcs;

import org.jspecify.annotations.NullMarked;
