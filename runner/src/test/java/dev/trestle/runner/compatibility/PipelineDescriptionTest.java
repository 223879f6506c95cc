package dev.trestle.runner.compatibility;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.runner.compatibility.Part.Role;
import dev.trestle.state.checkpoint.CorruptCheckpointException;
import dev.trestle.state.checkpoint.FieldWriter;
import dev.trestle.state.checkpoint.UnknownFormatException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PipelineDescriptionTest {

  private static final StepDescription SUM =
      new StepDescription(
          "Sum CombinePerKey",
          List.of(
              new Part(Role.KEY_CODER, "", "Schlüssel", "1f"),
              new Part(Role.STATE, "cell", "a bag", "2e")));
  private static final StepDescription READ = new StepDescription("Read Impulse", List.of());

  @Test
  void isReadAsItWasWritten() throws Exception {
    byte[] bytes = new PipelineDescription(List.of(SUM, READ)).encode();
    PipelineDescription read = PipelineDescription.decode("it", bytes);
    assertThat(read.steps(), contains(READ, SUM));
    assertThat(read.encode(), is(bytes));
  }

  @Test
  void orderAndRepetitionsDoNotMatter() {
    assertThat(
        new PipelineDescription(List.of(READ, SUM, READ)).encode(),
        is(new PipelineDescription(List.of(SUM, READ)).encode()));
  }

  @Test
  void newerVersionIsRefused() {
    byte[] newer = new FieldWriter().number(1, PipelineDescription.VERSION + 1).toBytes();
    UnknownFormatException refused =
        assertThrows(
            UnknownFormatException.class, () -> PipelineDescription.decode("sums/7", newer));
    assertThat(refused.getMessage(), containsString("The pipeline in sums/7 has format version 2"));
  }

  @Test
  void unknownRoleIsAnError() {
    byte[] bytes =
        new FieldWriter()
            .number(1, 1)
            .fields(
                2,
                new FieldWriter()
                    .text(1, "step")
                    .fields(2, new FieldWriter().number(1, 99).text(2, "").text(3, "").text(4, "")))
            .toBytes();
    assertThrows(CorruptCheckpointException.class, () -> PipelineDescription.decode("it", bytes));
  }

  @Test
  void bytesThatAreCutOffAreAnError() {
    byte[] bytes = new PipelineDescription(List.of(SUM)).encode();
    assertThrows(
        CorruptCheckpointException.class,
        () -> PipelineDescription.decode("it", Arrays.copyOf(bytes, bytes.length - 3)));
  }
}
