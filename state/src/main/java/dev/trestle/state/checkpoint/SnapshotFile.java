package dev.trestle.state.checkpoint;

import java.nio.file.Path;

/**
 * A local file of one task's snapshot.
 *
 * @param name what the task calls it, unique within the task's snapshot; if shared, unique among
 *     all shared files of the job, those of earlier and later processes included
 * @param path where it is. From now on its content never changes (it may be deleted when the commit
 *     has returned or failed): a store may hard-link it instead of copying
 * @param shared whether later checkpoints of the job may name the same file with the same content.
 *     It is then uploaded once. Not shared: it belongs to this checkpoint alone
 */
public record SnapshotFile(String name, Path path, boolean shared) {}
