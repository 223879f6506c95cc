package dev.trestle.runner.checkpoint;

import dev.trestle.runner.operator.RestoredState;
import dev.trestle.state.KeyGroupRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * What a job goes on from: the state files of a checkpoint and how far its stages were. State is
 * found by the name of the step, whatever stage the step was in and however many tasks there were.
 * Immutable; any thread may call.
 */
public final class RestoredJob {

  /** A job that begins anew. */
  public static final RestoredJob NONE = new RestoredJob(false, List.of(), Map.of());

  private final boolean restored;
  private final List<StateFile> files;
  private final Map<String, StageProgress> stages;

  /**
   * How far the tasks of a stage were.
   *
   * @param finished whether all of them had come to their end
   * @param inputWatermark the least of theirs, in milliseconds
   */
  public record StageProgress(boolean finished, long inputWatermark) {

    StageProgress and(StageProgress other) {
      return new StageProgress(
          finished && other.finished, Math.min(inputWatermark, other.inputWatermark));
    }
  }

  private RestoredJob(boolean restored, List<StateFile> files, Map<String, StageProgress> stages) {
    this.restored = restored;
    this.files = files;
    this.stages = stages;
  }

  /** Gathers what the tasks of a job had. */
  public static final class Builder {
    private final List<StateFile> files = new ArrayList<>();
    private final Map<String, StageProgress> stages = new HashMap<>();

    /** Adds a task; those of a stage in the order of their numbers. */
    public void addTask(String stage, StageProgress progress, List<StateFile> itsFiles) {
      stages.merge(stage, progress, StageProgress::and);
      files.addAll(itsFiles);
    }

    public RestoredJob build() {
      return new RestoredJob(true, List.copyOf(files), Map.copyOf(stages));
    }
  }

  public boolean isRestored() {
    return restored;
  }

  /** How far a stage was; one that was not there has only begun. */
  public StageProgress progress(String stage) {
    StageProgress known = stages.get(stage);
    return known != null
        ? known
        : new StageProgress(false, BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis());
  }

  /** What a task gets of a step: its key groups, and its share of what belongs to none. */
  public RestoredState step(String name, KeyGroupRange keyGroups, int index, int tasks) {
    return restored ? new OfStep(name, keyGroups, index, tasks) : RestoredState.NONE;
  }

  /** All of it. */
  public RestoredState whole(String name) {
    return restored ? new OfStep(name, KeyGroupRange.all(1), 0, 1) : RestoredState.NONE;
  }

  private final class OfStep implements RestoredState {

    private final String name;
    private final KeyGroupRange keyGroups;
    private final int index;
    private final int tasks;

    OfStep(String name, KeyGroupRange keyGroups, int index, int tasks) {
      this.name = name;
      this.keyGroups = keyGroups;
      this.index = index;
      this.tasks = tasks;
    }

    @Override
    public boolean isRestored() {
      return true;
    }

    @Override
    public void read(String section, Reader reader) throws IOException {
      StateFile.Dealer dealer = new StateFile.Dealer(index, tasks);
      for (StateFile file : files) {
        file.read(name, section, keyGroups::contains, dealer, reader);
      }
    }
  }
}
