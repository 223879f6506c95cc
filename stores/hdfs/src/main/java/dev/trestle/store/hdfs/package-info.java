/**
 * Checkpoints in HDFS. {@link HdfsStoreProvider} is found by its scheme; {@link HdfsStore} is the
 * store.
 *
 * <p>Imports {@code dev.trestle.state.checkpoint} and the Hadoop client.
 */
@NullMarked
package dev.trestle.store.hdfs;

import org.jspecify.annotations.NullMarked;
