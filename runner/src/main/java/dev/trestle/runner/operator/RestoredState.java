package dev.trestle.runner.operator;

import dev.trestle.runner.exchange.ByteSource;
import java.io.IOException;

/** What a task gets back of a step's snapshot. Belongs to the task's owner. */
public interface RestoredState {

  /** Of a job that begins anew. */
  RestoredState NONE =
      new RestoredState() {
        @Override
        public boolean isRestored() {
          return false;
        }

        @Override
        public void read(String section, Reader reader) {}
      };

  /** Whether the step goes on from a snapshot, which may have had no records. */
  boolean isRestored();

  /**
   * Hands over the task's records of a section, in the order in which each task wrote its own.
   *
   * @throws IOException if the snapshot cannot be read
   */
  void read(String section, Reader reader) throws IOException;

  /** Takes a record. */
  interface Reader {

    /**
     * Takes a record.
     *
     * @param keyGroup the key group to which it belongs; of a record without one it says nothing
     */
    void read(int keyGroup, ByteSource record) throws IOException;
  }
}
