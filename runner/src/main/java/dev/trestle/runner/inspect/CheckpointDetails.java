package dev.trestle.runner.inspect;

import java.util.List;
import java.util.Map;

/**
 * All that a checkpoint says of itself.
 *
 * @param formatVersion of its manifest
 * @param keyGroups of the job
 * @param operators the numbers that steps have in rows of keyed state, by the steps' names
 * @param tasks by stage and index
 */
public record CheckpointDetails(
    CheckpointSummary summary,
    int formatVersion,
    int keyGroups,
    Map<String, Integer> operators,
    List<TaskDetails> tasks) {

  /**
   * What a task handed over.
   *
   * @param firstKeyGroup first of its key groups
   * @param endKeyGroup end of its key groups, exclusive
   * @param finished whether its input had ended
   * @param inputWatermarkMillis in milliseconds since 1970, in the range of Beam's timestamps
   * @param outputWatermarkMillis in milliseconds since 1970, in the range of Beam's timestamps
   */
  public record TaskDetails(
      String stage,
      int index,
      int firstKeyGroup,
      int endKeyGroup,
      boolean finished,
      long inputWatermarkMillis,
      long outputWatermarkMillis,
      List<FileDetails> files,
      List<SectionDetails> sections) {}

  /**
   * A file of a task: its state file, or one of rows.
   *
   * @param ofEarlier whether it was uploaded for an earlier checkpoint
   */
  public record FileDetails(String name, long bytes, boolean ofEarlier) {}

  /**
   * Records of a step in a task's state file.
   *
   * @param keyGroups how many key groups have some
   */
  public record SectionDetails(
      String step, String section, int keyGroups, long records, long bytes) {}
}
