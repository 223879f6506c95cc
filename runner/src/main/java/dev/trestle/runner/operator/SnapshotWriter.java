package dev.trestle.runner.operator;

import dev.trestle.runner.exchange.ByteSink;

/**
 * Takes what a step must not lose: records in sections, in the order in which they are to be read
 * again. A section's name says what its records are; it and their format are the step's own and
 * outlive the process. Belongs to the task's owner.
 */
public interface SnapshotWriter {

  /** The section of this name, which may be written to alternately with others. */
  Section section(String name);

  /** A part of a step's snapshot. */
  interface Section {

    /**
     * Begins a record of a key group: whoever owns the group gets it back. The record ends where
     * the next one begins, in whatever section.
     *
     * @return takes the record
     */
    ByteSink keyed(int keyGroup);

    /** Begins a record that any one task of the step may get back. */
    ByteSink unkeyed();
  }
}
