package dev.trestle.server.cli;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Hidden;
import org.apache.beam.sdk.options.PipelineOptions;

/** What the graph command tells its runner, through the program in between. */
@Hidden
public interface GraphOptions extends PipelineOptions {
  @Default.Enum("text")
  GraphCommand.Format getGraphFormat();

  void setGraphFormat(GraphCommand.Format format);
}
