package dev.trestle.server.cli;

import dev.trestle.translation.PipelineTranslator;
import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.print.DotPrinter;
import dev.trestle.translation.print.GraphPrinter;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.metrics.MetricResults;
import org.apache.beam.sdk.options.PipelineOptions;
import org.joda.time.Duration;

/** "Runs" a pipeline by printing its graph on standard output. */
public final class GraphRunner extends PipelineRunner<PipelineResult> {
  private final GraphCommand.Format format;

  private GraphRunner(GraphCommand.Format format) {
    this.format = format;
  }

  /** As Beam makes runners. */
  public static GraphRunner fromOptions(PipelineOptions options) {
    return new GraphRunner(options.as(GraphOptions.class).getGraphFormat());
  }

  @Override
  public PipelineResult run(Pipeline pipeline) {
    OperatorGraph graph = PipelineTranslator.translate(pipeline);
    System.out.print(
        format == GraphCommand.Format.dot ? DotPrinter.print(graph) : GraphPrinter.print(graph));
    return new Printed();
  }

  private static final class Printed implements PipelineResult {
    @Override
    public State getState() {
      return State.DONE;
    }

    @Override
    public State cancel() {
      return State.DONE;
    }

    @Override
    public State waitUntilFinish(Duration duration) {
      return State.DONE;
    }

    @Override
    public State waitUntilFinish() {
      return State.DONE;
    }

    @Override
    public MetricResults metrics() {
      throw new UnsupportedOperationException("The pipeline was printed and not run: no metrics");
    }
  }
}
