package dev.trestle.runner.worker;

import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleDescriptor;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.RemoteGrpcPort;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.Components;
import org.apache.beam.model.pipeline.v1.RunnerApi.FunctionSpec;
import org.apache.beam.model.pipeline.v1.RunnerApi.PCollection;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;
import org.apache.beam.model.pipeline.v1.RunnerApi.ParDoPayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.TimerFamilySpec;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.util.construction.PTransformTranslation;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/** Descriptors of one ParDo between an input port and an output port. */
public final class Descriptors {

  public static final String INPUT = "input";
  public static final String OUTPUT = "output";
  public static final String PAR_DO = "parDo";

  private Descriptors() {}

  /** That of a DoFn for a worker that runs it. */
  public static <I, O> ProcessBundleDescriptor of(DoFn<I, O> fn, Coder<I> input, Coder<O> output) {
    Pipeline pipeline = Pipeline.create();
    pipeline.apply(Create.empty(input)).apply("It", ParDo.of(fn)).setCoder(output);
    return of(PipelineTranslation.toProto(pipeline), "It");
  }

  /**
   * That of a ParDo in a pipeline.
   *
   * @param name with which the ParDo's begins
   */
  public static ProcessBundleDescriptor of(RunnerApi.Pipeline pipeline, String name) {
    Components components = pipeline.getComponents();
    PTransform parDo =
        components.getTransformsMap().values().stream()
            .filter(t -> t.getSpec().getUrn().equals(PTransformTranslation.PAR_DO_TRANSFORM_URN))
            .filter(t -> t.getUniqueName().startsWith(name))
            .findFirst()
            .orElseThrow();
    String in = parDo.getInputsMap().values().iterator().next();
    String out = parDo.getOutputsMap().values().iterator().next();
    return ProcessBundleDescriptor.newBuilder()
        .putAllPcollections(components.getPcollectionsMap())
        .putAllCoders(components.getCodersMap())
        .putAllWindowingStrategies(components.getWindowingStrategiesMap())
        .putAllEnvironments(components.getEnvironmentsMap())
        .putCoders("window", coder("beam:coder:global_window:v1"))
        .putCoders("windowed input", windowed(components, in))
        .putCoders("windowed output", windowed(components, out))
        .putTransforms(
            INPUT, port("beam:runner:source:v1", "windowed input").putOutputs("o", in).build())
        .putTransforms(PAR_DO, parDo)
        .putTransforms(
            OUTPUT, port("beam:runner:sink:v1", "windowed output").putInputs("i", out).build())
        .build();
  }

  /** One that only looks like it, for a worker that runs nothing; with a timer family "timer". */
  public static ProcessBundleDescriptor withTimers() {
    return ProcessBundleDescriptor.newBuilder()
        .putTransforms(INPUT, port("beam:runner:source:v1", "coder").build())
        .putTransforms(
            PAR_DO,
            PTransform.newBuilder()
                .setSpec(
                    FunctionSpec.newBuilder()
                        .setUrn(PTransformTranslation.PAR_DO_TRANSFORM_URN)
                        .setPayload(
                            ParDoPayload.newBuilder()
                                .putTimerFamilySpecs("timer", TimerFamilySpec.getDefaultInstance())
                                .build()
                                .toByteString()))
                .build())
        .putTransforms(OUTPUT, port("beam:runner:sink:v1", "coder").build())
        .build();
  }

  /** One that only looks like it. */
  public static ProcessBundleDescriptor withoutTimers() {
    return ProcessBundleDescriptor.newBuilder()
        .putTransforms(INPUT, port("beam:runner:source:v1", "coder").build())
        .putTransforms(OUTPUT, port("beam:runner:sink:v1", "coder").build())
        .build();
  }

  private static RunnerApi.Coder windowed(Components components, String collection) {
    PCollection pCollection = components.getPcollectionsOrThrow(collection);
    return coder("beam:coder:windowed_value:v1").toBuilder()
        .addComponentCoderIds(pCollection.getCoderId())
        .addComponentCoderIds("window")
        .build();
  }

  private static RunnerApi.Coder coder(String urn) {
    return RunnerApi.Coder.newBuilder().setSpec(FunctionSpec.newBuilder().setUrn(urn)).build();
  }

  private static PTransform.Builder port(String urn, String coder) {
    ByteString payload = RemoteGrpcPort.newBuilder().setCoderId(coder).build().toByteString();
    return PTransform.newBuilder()
        .setSpec(FunctionSpec.newBuilder().setUrn(urn).setPayload(payload));
  }
}
