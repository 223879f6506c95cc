package dev.trestle.runner.remote;

import org.apache.beam.model.jobmanagement.v1.JobApi.GetJobStateRequest;
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
      method("Savepoint");

  /** Takes a savepoint and cancels the job right behind it; answers the savepoint's place. */
  public static final MethodDescriptor<GetJobStateRequest, StringValue> STOP = method("Stop");

  private JobControlMethods() {}

  private static MethodDescriptor<GetJobStateRequest, StringValue> method(String name) {
    return MethodDescriptor.<GetJobStateRequest, StringValue>newBuilder()
        .setType(MethodType.UNARY)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
        .setRequestMarshaller(ProtoUtils.marshaller(GetJobStateRequest.getDefaultInstance()))
        .setResponseMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
        .build();
  }
}
