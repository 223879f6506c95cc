package dev.trestle.runner.worker;

import static dev.trestle.runner.worker.RecordedBundle.PATIENCE_SECONDS;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.InstructionRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.InstructionResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleDescriptor;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.SampleDataResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.SampleDataResponse.ElementList;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.SampledElement;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WorkerSamplesTest extends WorkerTest {

  private static final class Same extends DoFn<Long, Long> {
    @ProcessElement
    public void process(@Element Long element, OutputReceiver<Long> out) {
      out.output(element);
    }
  }

  private final ProcessBundleDescriptor descriptor =
      Descriptors.of(new Same(), VarLongCoder.of(), VarLongCoder.of());

  @BeforeEach
  void beginBundle() throws Exception {
    begin(descriptor);
  }

  private String collection(Map<String, String> inOrOut) {
    return inOrOut.values().iterator().next();
  }

  private List<Sample> ask(InstructionResponse.Builder answer) throws Exception {
    CompletableFuture<List<Sample>> samples = connection.samples();
    InstructionRequest request = worker.control.next();
    assertThat(request.hasSampleData(), is(true));
    control.onNext(answer.setInstructionId(request.getInstructionId()).build());
    return samples.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void elementsAreToldWithTheirTransforms() throws Exception {
    var parDo = descriptor.getTransformsOrThrow(Descriptors.PAR_DO);
    String in = collection(parDo.getInputsMap());
    String out = collection(parDo.getOutputsMap());
    SampledElement.Builder bad = element(7);
    bad.getExceptionBuilder().setTransformId(Descriptors.PAR_DO).setError("ValueError: bad");

    List<Sample> samples =
        ask(
            InstructionResponse.newBuilder()
                .setSampleData(
                    SampleDataResponse.newBuilder()
                        .putElementSamples(in, ElementList.newBuilder().addElements(bad).build())
                        .putElementSamples(
                            out,
                            ElementList.newBuilder()
                                .addElements(element(8))
                                .addElements(element(9))
                                .build())
                        .putElementSamples(
                            "unheard of",
                            ElementList.newBuilder().addElements(element(1)).build())));

    String name = parDo.getUniqueName();
    String inName = descriptor.getPcollectionsOrThrow(in).getUniqueName();
    assertThat(
        samples,
        containsInAnyOrder(
            new Sample(in, inName, "7", name, "ValueError: bad"),
            new Sample(out, name, "8", "", ""),
            new Sample(out, name, "9", "", "")));
  }

  private static SampledElement.Builder element(int number) {
    return SampledElement.newBuilder().setElement(ByteString.copyFrom(new byte[] {(byte) number}));
  }

  @Test
  void workerThatDoesNotSampleHasNone() throws Exception {
    assertThat(ask(InstructionResponse.newBuilder().setError("What is a sample?")), is(empty()));
  }

  @Test
  void workerThatDoesNotAnswerHasNone() throws Exception {
    CompletableFuture<List<Sample>> samples = connection.samples();
    worker.die();
    assertThat(samples.get(PATIENCE_SECONDS, TimeUnit.SECONDS), is(empty()));
  }
}
