package dev.trestle.runner.remote;

import org.apache.beam.model.jobmanagement.v1.JobApi.GetJobStateRequest;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ListValue;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Message;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.StringValue;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.MethodDescriptor;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.MethodDescriptor.MethodType;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.protobuf.ProtoUtils;

/**
 * What Trestle's job server does beyond Beam's job API. The requests are Beam's: a job is named by
 * its id. All fail with {@code FAILED_PRECONDITION} if the job cannot do it, and {@code NOT_FOUND}
 * if there is none.
 */
public final class JobControlMethods {

  public static final String SERVICE = "dev.trestle.v1.JobControl";

  /** Takes a savepoint; answers its place as soon as it is durable. The job goes on. */
  public static final MethodDescriptor<GetJobStateRequest, StringValue> SAVEPOINT =
      method("Savepoint", StringValue.getDefaultInstance());

  /** Takes a savepoint and cancels the job right behind it; answers the savepoint's place. */
  public static final MethodDescriptor<GetJobStateRequest, StringValue> STOP =
      method("Stop", StringValue.getDefaultInstance());

  /**
   * What the job's workers have sampled since they were asked last, a struct for each element: its
   * {@code collection}, {@code producer} and {@code element}, and {@code failedIn} and {@code
   * error} if it has made a transform fail.
   */
  public static final MethodDescriptor<GetJobStateRequest, ListValue> SAMPLES =
      method("Samples", ListValue.getDefaultInstance());

  private JobControlMethods() {}

  private static <T extends Message> MethodDescriptor<GetJobStateRequest, T> method(
      String name, T answer) {
    return MethodDescriptor.<GetJobStateRequest, T>newBuilder()
        .setType(MethodType.UNARY)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
        .setRequestMarshaller(ProtoUtils.marshaller(GetJobStateRequest.getDefaultInstance()))
        .setResponseMarshaller(ProtoUtils.marshaller(answer))
        .build();
  }
}
