package dev.trestle.translation;

import dev.trestle.translation.fusion.Fusion;
import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.rehydrate.Corrections;
import dev.trestle.translation.rehydrate.ScriptCoding;
import dev.trestle.translation.rehydrate.SplittableExpansion;
import dev.trestle.translation.steps.StepGraphBuilder;
import dev.trestle.translation.transform.CombineExpansion;
import dev.trestle.translation.transform.ReshuffleExpansion;
import dev.trestle.translation.transform.TransformWalk;
import dev.trestle.translation.validate.Problems;
import dev.trestle.translation.validate.UnsupportedPipelineException;
import java.io.IOException;
import java.util.Set;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.ExperimentalOptions;
import org.apache.beam.sdk.util.construction.ParDoTranslation;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.apache.beam.sdk.util.construction.SplittableParDo;
import org.apache.beam.sdk.util.construction.graph.PipelineValidator;

/** Makes an operator graph of a pipeline. The way is the same for every SDK: through the proto. */
public final class PipelineTranslator {
  private static final Set<String> REQUIREMENTS =
      Set.of(
          ParDoTranslation.REQUIRES_STATEFUL_PROCESSING_URN,
          ParDoTranslation.REQUIRES_BUNDLE_FINALIZATION_URN,
          ParDoTranslation.REQUIRES_STABLE_INPUT_URN,
          ParDoTranslation.REQUIRES_TIME_SORTED_INPUT_URN,
          ParDoTranslation.REQUIRES_SPLITTABLE_DOFN_URN,
          ParDoTranslation.REQUIRES_ON_WINDOW_EXPIRATION_URN);

  /** Not for instances. */
  private PipelineTranslator() {}

  /**
   * Translates a pipeline that was built in this JVM.
   *
   * @throws UnsupportedPipelineException naming everything in it that Trestle does not do
   */
  public static OperatorGraph translate(Pipeline pipeline) {
    return translate(toProto(pipeline));
  }

  /**
   * Translates a pipeline proto.
   *
   * @throws UnsupportedPipelineException naming everything in it that Trestle does not do
   * @throws IllegalArgumentException if the proto contradicts itself
   */
  public static OperatorGraph translate(RunnerApi.Pipeline proto) {
    RunnerApi.Pipeline named = Corrections.nameTransforms(proto);
    validate(named);
    Problems problems = new Problems();
    for (String requirement : proto.getRequirementsList()) {
      if (!REQUIREMENTS.contains(requirement)) {
        problems.add(
            Problems.PIPELINE,
            "requirement " + requirement + " is unknown",
            "remove the transform that makes it");
      }
    }
    StepGraphBuilder steps = new TransformWalk(expand(named), ThisJvm::is, problems).walk();
    problems.throwIfAny();
    return Fusion.fuse(steps.build());
  }

  /**
   * The proto of a pipeline whose fns are called in this JVM.
   *
   * <p>Unless the experiment {@code use_sdf_read} is given, reads are <b>replaced in the
   * pipeline</b> by the sources that they wrap: a source is read without the cost of a splittable
   * DoFn around it.
   */
  public static RunnerApi.Pipeline toProto(Pipeline pipeline) {
    if (!ExperimentalOptions.hasExperiment(pipeline.getOptions(), "use_sdf_read")) {
      SplittableParDo.convertReadBasedSplittableDoFnsToPrimitiveReads(pipeline);
    }
    SdkComponents components = SdkComponents.create();
    components.registerEnvironment(ThisJvm.environment());
    return PipelineTranslation.toProto(pipeline, components, false);
  }

  /** Beam's own check of references between components. */
  private static void validate(RunnerApi.Pipeline proto) {
    try {
      PipelineValidator.validate(proto);
    } catch (RuntimeException e) { // IllegalArgumentExceptions, some of them wrapped
      throw new IllegalArgumentException("Malformed pipeline: " + e.getMessage(), e);
    }
  }

  private static RunnerApi.Pipeline expand(RunnerApi.Pipeline proto) {
    try {
      RunnerApi.Pipeline coded = ReshuffleExpansion.expand(ScriptCoding.expand(proto));
      return CombineExpansion.expand(SplittableExpansion.expand(coded), ThisJvm::is);
    } catch (IOException e) {
      throw new IllegalArgumentException("The pipeline holds a payload that cannot be read", e);
    }
  }
}
