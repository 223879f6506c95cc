package dev.trestle.translation.validate;

import java.util.List;
import java.util.stream.Collectors;

/** The pipeline asks for something that Trestle does not do. Thrown at submission. */
public final class UnsupportedPipelineException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final Problem[] problems;

  public UnsupportedPipelineException(List<Problem> problems) {
    super(
        problems.stream()
            .map(problem -> "\n  " + problem)
            .collect(Collectors.joining("", "Trestle cannot run this pipeline:", "")));
    this.problems = problems.toArray(Problem[]::new);
  }

  /** Every problem, in the order of the pipeline's transforms. */
  public List<Problem> problems() {
    return List.of(problems);
  }
}
