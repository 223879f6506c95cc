package dev.trestle.server.service;

import static org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.ServerCalls.asyncUnaryCall;

import dev.trestle.runner.engine.RunningJob.AfterSavepoint;
import dev.trestle.runner.remote.JobControlMethods;
import dev.trestle.runner.worker.Sample;
import dev.trestle.server.jobs.Jobs;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.beam.model.jobmanagement.v1.JobApi.GetJobStateRequest;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ListValue;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.StringValue;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Value;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.BindableService;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ServerServiceDefinition;

/** {@link JobControlMethods}. Nobody waits here: answers come when the job has done its part. */
final class ControlService implements BindableService {

  private final Jobs jobs;

  ControlService(Jobs jobs) {
    this.jobs = jobs;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(JobControlMethods.SERVICE)
        .addMethod(
            JobControlMethods.SAVEPOINT,
            asyncUnaryCall(
                (request, client) ->
                    Answers.answerLater(client, () -> savepoint(request, AfterSavepoint.GO_ON))))
        .addMethod(
            JobControlMethods.STOP,
            asyncUnaryCall(
                (request, client) ->
                    Answers.answerLater(client, () -> savepoint(request, AfterSavepoint.STOP))))
        .addMethod(
            JobControlMethods.SAMPLES,
            asyncUnaryCall(
                (request, client) ->
                    Answers.answerLater(
                        client,
                        () -> jobs.samples(request.getJobId()).thenApply(ControlService::list))))
        .build();
  }

  private static ListValue list(List<Sample> samples) {
    ListValue.Builder list = ListValue.newBuilder();
    for (Sample each : samples) {
      Struct.Builder struct =
          Struct.newBuilder()
              .putFields("collection", text(each.collection()))
              .putFields("producer", text(each.producer()))
              .putFields("element", text(each.element()));
      if (!each.error().isEmpty()) {
        struct.putFields("failedIn", text(each.failedIn())).putFields("error", text(each.error()));
      }
      list.addValues(Value.newBuilder().setStructValue(struct));
    }
    return list.build();
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }

  private CompletionStage<StringValue> savepoint(GetJobStateRequest request, AfterSavepoint then) {
    return jobs.job(request.getJobId()).savepoint(then).thenApply(StringValue::of);
  }
}
