package dev.trestle.state.checkpoint;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What one task hands over at a barrier.
 *
 * @param stage name of the task's stage
 * @param index number of the task in its stage, from 0
 * @param firstKeyGroup first key group that the task owns
 * @param endKeyGroup end of its key groups, exclusive; equal to the first if it has no keyed state
 * @param finished whether the task had seen the end of its input
 * @param inputWatermark milliseconds since 1970
 * @param outputWatermark milliseconds since 1970
 * @param files its state, names unique
 */
public record TaskSnapshot(
    String stage,
    int index,
    int firstKeyGroup,
    int endKeyGroup,
    boolean finished,
    long inputWatermark,
    long outputWatermark,
    List<SnapshotFile> files) {

  /**
   * @throws IllegalArgumentException if two files have one name
   */
  public TaskSnapshot {
    files = List.copyOf(files);
    Set<String> names = new HashSet<>();
    for (SnapshotFile file : files) {
      if (!names.add(file.name())) {
        throw new IllegalArgumentException(
            "Task " + index + " of stage " + stage + " has two files named " + file.name());
      }
    }
  }
}
