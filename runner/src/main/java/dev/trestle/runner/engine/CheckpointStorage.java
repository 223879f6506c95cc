package dev.trestle.runner.engine;

import dev.trestle.runner.checkpoint.RestoredJob;
import dev.trestle.state.checkpoint.FencedException;
import dev.trestle.state.checkpoint.TaskSnapshot;
import dev.trestle.state.spill.SpillDirectory;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Where the checkpoints of one job are. One thread calls at a time. */
public interface CheckpointStorage {

  /** The id of the next attempt at a checkpoint, greater than all that it gave before. */
  long nextId();

  /**
   * Makes a checkpoint durable.
   *
   * @param properties as {@link RestoredJob} reads them
   * @throws IOException if it is not; the job goes on and the next may be
   * @throws FencedException if another process has the job
   */
  void commit(long id, Map<String, String> properties, List<TaskSnapshot> tasks)
      throws IOException, FencedException;

  /**
   * Makes a savepoint durable: a checkpoint that is never deleted and shares no file.
   *
   * @return its place, for people and for whoever wants to start from it
   * @throws IOException if it is not durable; the job goes on
   * @throws FencedException if another process has the job
   */
  String commitSavepoint(long id, Map<String, String> properties, List<TaskSnapshot> tasks)
      throws IOException, FencedException;

  /**
   * The newest checkpoint that is whole, or {@link RestoredJob#NONE}.
   *
   * @param to takes its files
   * @throws IOException if the place cannot be read
   * @throws FencedException if another process has the job
   */
  RestoredJob restore(SpillDirectory to) throws IOException, FencedException;
}
