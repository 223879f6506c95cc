package dev.trestle.runner.engine;

import dev.trestle.runner.checkpoint.StateFile;
import dev.trestle.runner.checkpoint.StateFileWriter;
import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.checkpoint.SnapshotFile;
import dev.trestle.state.checkpoint.TaskSnapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/** What tasks hand over for checkpoints. */
final class TaskSnapshots {

  private static final long END = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();

  private TaskSnapshots() {}

  /**
   * Writes what the operators of a task and its side inputs have, to a file of its own, and the
   * rows of its keyed state to a directory beside it.
   */
  static TaskSnapshot write(String stage, Task.Wiring wiring, long outputWatermark, Path file)
      throws IOException {
    Path rows = file.resolveSibling(file.getFileName() + ".rows");
    try {
      return write(stage, wiring, outputWatermark, file, rows);
    } catch (IOException | RuntimeException e) {
      SnapshotFiles.delete(file);
      SnapshotFiles.deleteDirectory(rows);
      throw e;
    }
  }

  private static TaskSnapshot write(
      String stage, Task.Wiring wiring, long outputWatermark, Path file, Path rows)
      throws IOException {
    TaskContext context = wiring.context();
    KeyGroupRange range = context.keyGroups();
    try (StateFileWriter writer = new StateFileWriter(file, range.total())) {
      OperatorChain operators = wiring.operators();
      for (int i = 0; i < operators.size(); i++) {
        operators.get(i).snapshot(writer.step(context.snapshotName(i)));
      }
      wiring.driver().sideInputs().snapshot(writer);
      writer.finish();
    }
    List<SnapshotFile> files = new ArrayList<>();
    files.add(new SnapshotFile(StateFile.NAME, file, false));
    files.addAll(context.state().checkpoint(rows));
    return new TaskSnapshot(
        stage,
        context.taskIndex(),
        range.first(),
        range.end(),
        false,
        wiring.driver().watermark(),
        outputWatermark,
        files);
  }

  /** What is said of a task that has come to its end. */
  static TaskSnapshot finished(String stage, TaskContext context) {
    KeyGroupRange range = context.keyGroups();
    return new TaskSnapshot(
        stage, context.taskIndex(), range.first(), range.end(), true, END, END, List.of());
  }
}
