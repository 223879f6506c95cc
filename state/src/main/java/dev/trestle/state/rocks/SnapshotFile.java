package dev.trestle.state.rocks;

import java.nio.file.Path;

/**
 * A file of a checkpoint.
 *
 * @param name unique among all files of all checkpoints if shared, else within its checkpoint
 * @param path where it is; it does not change any more
 * @param shared whether later checkpoints may contain the same file, under the same name
 */
public record SnapshotFile(String name, Path path, boolean shared) {}
