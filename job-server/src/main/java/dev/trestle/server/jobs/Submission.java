package dev.trestle.server.jobs;

import dev.trestle.runner.TrestlePipelineOptions;
import dev.trestle.server.artifacts.JobArtifacts;
import org.apache.beam.model.pipeline.v1.RunnerApi.Pipeline;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;

/**
 * A pipeline that is to be run.
 *
 * @param job the job's id
 * @param pipeline with its dependencies staged
 * @param options for the engine, with the server's own choices
 * @param sdkOptions for the workers: what the client has sent, as it was
 * @param artifacts for the workers
 */
public record Submission(
    String job,
    Pipeline pipeline,
    TrestlePipelineOptions options,
    Struct sdkOptions,
    JobArtifacts artifacts) {}
