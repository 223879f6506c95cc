package dev.trestle.runner;

import dev.trestle.runner.remote.JobServerOptions;
import java.util.List;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsRegistrar;
import org.apache.beam.sdk.runners.PipelineRunnerRegistrar;

/**
 * Makes the names {@code TrestleRunner} and {@code TestTrestleRunner} known to {@code --runner}.
 */
public final class TrestleRunnerRegistrar
    implements PipelineRunnerRegistrar, PipelineOptionsRegistrar {

  @Override
  public Iterable<Class<? extends PipelineRunner<?>>> getPipelineRunners() {
    return List.of(TrestleRunner.class, TestTrestleRunner.class);
  }

  @Override
  public Iterable<Class<? extends PipelineOptions>> getPipelineOptions() {
    return List.of(TrestlePipelineOptions.class, JobServerOptions.class);
  }
}
