package dev.trestle.runner.checkpoint;

import dev.trestle.runner.metrics.StepMetrics;
import dev.trestle.runner.operator.RestoredState;
import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.checkpoint.SnapshotFile;
import dev.trestle.state.rocks.RocksSnapshot;
import dev.trestle.state.rocks.RowScope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * What a job goes on from: the state files of a checkpoint and how far its stages were. State is
 * found by the name of the step, whatever stage the step was in and however many tasks there were.
 * Steps may be excepted: those begin anew. Immutable; any thread may call.
 */
public final class RestoredJob {

  /** A job that begins anew. */
  public static final RestoredJob NONE =
      new RestoredJob(
          false, Set.of(), OperatorNumbers.NONE, new StepMetrics(), List.of(), List.of(), Map.of());

  private static final String METRICS = "metrics";

  private final boolean restored;
  private final Set<String> begunAnew;
  private final OperatorNumbers numbers;
  private final StepMetrics metrics;
  private final List<StateFile> files;
  private final List<RocksSnapshot> rows;
  private final Map<String, StageProgress> stages;

  /**
   * How far the tasks of a stage were.
   *
   * @param finished whether all of them had come to their end
   * @param inputWatermark the least of theirs, in milliseconds
   */
  public record StageProgress(boolean finished, long inputWatermark) {

    /** Of a stage that has only begun. */
    public static final StageProgress NONE =
        new StageProgress(false, BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis());

    StageProgress and(StageProgress other) {
      return new StageProgress(
          finished && other.finished, Math.min(inputWatermark, other.inputWatermark));
    }
  }

  private RestoredJob(
      boolean restored,
      Set<String> begunAnew,
      OperatorNumbers numbers,
      StepMetrics metrics,
      List<StateFile> files,
      List<RocksSnapshot> rows,
      Map<String, StageProgress> stages) {
    this.restored = restored;
    this.begunAnew = begunAnew;
    this.numbers = numbers;
    this.metrics = metrics;
    this.files = files;
    this.rows = rows;
    this.stages = stages;
  }

  /** Gathers what the tasks of a job had. */
  public static final class Builder {
    private final OperatorNumbers numbers;
    private final StepMetrics metrics;
    private final List<StateFile> files = new ArrayList<>();
    private final List<RocksSnapshot> rows = new ArrayList<>();
    private final Map<String, StageProgress> stages = new HashMap<>();

    /**
     * Nothing so far.
     *
     * @param numbers those that the job had
     * @param metrics what it had counted
     */
    public Builder(OperatorNumbers numbers, StepMetrics metrics) {
      this.numbers = numbers;
      this.metrics = metrics;
    }

    /**
     * Nothing but what a manifest's properties say.
     *
     * @throws IOException if they are damaged
     */
    public static Builder of(Map<String, String> properties) throws IOException {
      String metrics = properties.getOrDefault(METRICS, "");
      return new Builder(OperatorNumbers.of(properties), StepMetrics.decode(metrics));
    }

    /**
     * Adds a task; those of a stage in the order of their numbers.
     *
     * @param keyGroups those that it had
     * @param snapshot its files
     * @throws IOException if its state file cannot be read or is not one
     */
    public void addTask(
        String stage, StageProgress progress, KeyGroupRange keyGroups, List<SnapshotFile> snapshot)
        throws IOException {
      stages.merge(stage, progress, StageProgress::and);
      List<SnapshotFile> ofRows = new ArrayList<>();
      Set<Integer> operators = Set.of();
      for (SnapshotFile file : snapshot) {
        if (file.name().equals(StateFile.NAME)) {
          StateFile state = StateFile.open(file.path());
          files.add(state);
          operators = numbers.ofAll(state.steps());
        } else {
          ofRows.add(file);
        }
      }
      if (!ofRows.isEmpty()) {
        rows.add(new RocksSnapshot(new RowScope(keyGroups, operators), ofRows));
      }
    }

    public RestoredJob build() {
      return new RestoredJob(
          true,
          Set.of(),
          numbers,
          metrics,
          List.copyOf(files),
          List.copyOf(rows),
          Map.copyOf(stages));
    }
  }

  public boolean isRestored() {
    return restored;
  }

  /**
   * The same, but that some steps begin anew: their records and rows are left out, and they are
   * told that there was nothing to restore.
   *
   * @param steps names of steps and side inputs, whether there is anything of them or not
   */
  public RestoredJob withAnew(Set<String> steps) {
    Set<Integer> leftOut = numbers.ofAll(steps);
    List<RocksSnapshot> kept = new ArrayList<>();
    for (RocksSnapshot snapshot : rows) {
      Set<Integer> operators = new HashSet<>(snapshot.scope().operators());
      operators.removeAll(leftOut);
      kept.add(
          new RocksSnapshot(new RowScope(snapshot.scope().range(), operators), snapshot.files()));
    }
    return new RestoredJob(
        restored, Set.copyOf(steps), numbers, metrics, files, List.copyOf(kept), stages);
  }

  /** The names of all steps and side inputs of which there are records. */
  public Set<String> withState() {
    return files.stream()
        .flatMap(file -> file.steps().stream())
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The numbers that its steps had. */
  public OperatorNumbers numbers() {
    return numbers;
  }

  /** What the job had counted; nobody may add to it. */
  public StepMetrics metrics() {
    return metrics;
  }

  /** What a manifest's properties say of a job. */
  public static Map<String, String> properties(OperatorNumbers numbers, StepMetrics metrics) {
    Map<String, String> properties = new TreeMap<>(numbers.properties());
    String counted = metrics.encode();
    if (!counted.isEmpty()) {
      properties.put(METRICS, counted);
    }
    return properties;
  }

  /** Checkpoints that may have rows of these. */
  public List<RocksSnapshot> rows(RowScope wanted) {
    return rows.stream().filter(snapshot -> snapshot.scope().overlaps(wanted)).toList();
  }

  /** How far a stage was; one that was not there has only begun. */
  public StageProgress progress(String stage) {
    return begunAnew.contains(stage)
        ? StageProgress.NONE
        : stages.getOrDefault(stage, StageProgress.NONE);
  }

  /** What a task gets of a step: its key groups, and its share of what belongs to none. */
  public RestoredState step(String name, KeyGroupRange keyGroups, int index, int tasks) {
    return isRestored(name) ? new OfStep(name, keyGroups, index, tasks) : RestoredState.NONE;
  }

  /** All of it. */
  public RestoredState whole(String name) {
    return isRestored(name) ? new OfStep(name, KeyGroupRange.all(1), 0, 1) : RestoredState.NONE;
  }

  private boolean isRestored(String name) {
    return restored && !begunAnew.contains(name);
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
