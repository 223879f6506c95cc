package dev.trestle.runner.compatibility;

import dev.trestle.runner.compatibility.Part.Role;
import dev.trestle.state.checkpoint.CorruptCheckpointException;
import dev.trestle.state.checkpoint.FieldWriter;
import dev.trestle.state.checkpoint.Fields;
import dev.trestle.state.checkpoint.UnknownFormatException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What matters of a pipeline to whoever wants to go on from its checkpoints: the pipeline in a
 * manifest. {@code docs/checkpoint-format.md} has the bytes. Immutable.
 */
public final class PipelineDescription {

  static final int VERSION = 1;

  private static final int FORMAT = 1;
  private static final int STEP = 2;

  private static final int STEP_NAME = 1;
  private static final int PART = 2;

  private static final int PART_ROLE = 1;
  private static final int PART_NAME = 2;
  private static final int PART_TEXT = 3;
  private static final int PART_IDENTITY = 4;

  private final Map<String, StepDescription> steps;

  /** A pipeline of these steps; one that is given several times counts once. */
  public PipelineDescription(Collection<StepDescription> steps) {
    this.steps = new TreeMap<>();
    steps.forEach(step -> this.steps.put(step.name(), step));
  }

  Collection<StepDescription> steps() {
    return steps.values();
  }

  Optional<StepDescription> step(String name) {
    return Optional.ofNullable(steps.get(name));
  }

  /** As {@link #decode} reads it. Equal descriptions have equal bytes. */
  public byte[] encode() {
    FieldWriter out = new FieldWriter().number(FORMAT, VERSION);
    for (StepDescription step : steps.values()) {
      FieldWriter ofStep = new FieldWriter().text(STEP_NAME, step.name());
      for (Part part : step.parts()) {
        ofStep.fields(
            PART,
            new FieldWriter()
                .number(PART_ROLE, part.role().number())
                .text(PART_NAME, part.name())
                .text(PART_TEXT, part.text())
                .text(PART_IDENTITY, part.identity()));
      }
      out.fields(STEP, ofStep);
    }
    return out.toBytes();
  }

  /**
   * Reads the pipeline of a manifest.
   *
   * @param checkpoint for errors
   * @throws CorruptCheckpointException if the bytes are none of {@link #encode}
   * @throws UnknownFormatException if a newer Trestle wrote them
   */
  public static PipelineDescription decode(String checkpoint, byte[] bytes)
      throws CorruptCheckpointException, UnknownFormatException {
    Fields in = Fields.read(checkpoint, ByteBuffer.wrap(bytes));
    int version = in.smallNumber(FORMAT);
    if (version > VERSION) {
      throw new UnknownFormatException("The pipeline in " + checkpoint, version, VERSION);
    }
    List<StepDescription> steps = new ArrayList<>();
    for (Fields step : in.nested(STEP)) {
      List<Part> parts = new ArrayList<>();
      for (Fields part : step.nested(PART)) {
        parts.add(
            new Part(
                role(part), part.text(PART_NAME), part.text(PART_TEXT), part.text(PART_IDENTITY)));
      }
      steps.add(new StepDescription(step.text(STEP_NAME), parts));
    }
    return new PipelineDescription(steps);
  }

  private static Role role(Fields part) throws CorruptCheckpointException {
    long number = part.number(PART_ROLE);
    for (Role role : Role.values()) {
      if (role.number() == number) {
        return role;
      }
    }
    throw part.malformed("names a part of unknown role " + number);
  }
}
