/**
 * Checkpoints in Amazon S3, or in what speaks its protocol and refuses conditional writes as it
 * does. {@link S3StoreProvider} is found by its scheme; {@link S3Store} is the store.
 *
 * <p>Imports {@code dev.trestle.state.checkpoint} and the AWS SDK.
 */
@NullMarked
package dev.trestle.store.s3;

import org.jspecify.annotations.NullMarked;
