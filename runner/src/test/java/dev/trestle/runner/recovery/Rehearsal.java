package dev.trestle.runner.recovery;

import dev.trestle.runner.engine.CrashingRun;
import dev.trestle.runner.engine.Tally;
import dev.trestle.runner.harness.Harnessed;
import dev.trestle.translation.PipelineTranslator;
import dev.trestle.translation.graph.OperatorGraph;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.Pipeline;

/**
 * One of the pipelines that have to survive crashes, run as often as one likes: results have to be
 * those of a run that nothing disturbs. One thread at a time; different rehearsals do not meet.
 */
public final class Rehearsal {

  private final RecoveryPipeline pipeline;
  private final Path directory;
  private final World world = new World();
  private final OperatorGraph graph;
  private final Map<String, String> expected;

  Rehearsal(RecoveryPipeline pipeline, Path directory) throws Exception {
    this.pipeline = pipeline;
    this.directory = directory;
    Pipeline made = Pipeline.create();
    pipeline.maker().accept(made, world);
    graph = Harnessed.of(PipelineTranslator.translate(made));
    CrashingRun undisturbed = CrashingRun.undisturbed(graph, directory);
    world.begin(undisturbed);
    undisturbed.run();
    expected = Map.copyOf(world.results());
  }

  /** The names of all pipelines. */
  public static List<String> names() {
    return RecoveryPipelines.all().stream().map(RecoveryPipeline::name).toList();
  }

  /**
   * Prepares a pipeline.
   *
   * @param directory for what its processes write
   * @throws IllegalArgumentException if there is none of that name
   * @throws Exception if it fails when nothing disturbs it
   */
  public static Rehearsal of(String name, Path directory) throws Exception {
    for (RecoveryPipeline pipeline : RecoveryPipelines.all()) {
      if (pipeline.name().equals(name)) {
        return new Rehearsal(pipeline, directory);
      }
    }
    throw new IllegalArgumentException("No pipeline is called " + name + "; there are " + names());
  }

  /** Results of the run that nothing disturbed. */
  Map<String, String> expected() {
    return expected;
  }

  /**
   * Runs it with crashes.
   *
   * @return what has happened
   * @throws Divergence if it has done something else than without them
   */
  public Tally run(long seed) throws Divergence {
    CrashingRun run = CrashingRun.of(graph, seed, directory, pipeline.redoable());
    world.begin(run);
    String where = pipeline.name() + ", seed " + seed;
    try {
      run.run();
    } catch (Exception | AssertionError e) {
      throw new Divergence(where, e);
    }
    if (!world.results().equals(expected)) {
      throw new Divergence(where, new TreeMap<>(expected), world.results());
    }
    return run.tally();
  }
}
