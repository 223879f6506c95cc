/**
 * Checkpoints that outlive the process. {@link JobCheckpoints} is what a job uses; {@link
 * CheckpointStore} is what a place to keep them has to offer, {@link DirectoryStore} the one that
 * is always there; {@link CheckpointStores} finds others. What may be committed, restored and
 * deleted is decided in {@link CheckpointProtocol}, which does no I/O; start reading there. The
 * bytes are described in {@code docs/checkpoint-format.md}.
 *
 * <p>Imports nothing but the JDK and slf4j.
 */
@NullMarked
package dev.trestle.state.checkpoint;

import org.jspecify.annotations.NullMarked;
