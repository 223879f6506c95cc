package dev.trestle.server.artifacts;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactFilePayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactInformation;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.model.pipeline.v1.RunnerApi.Pipeline;
import org.apache.beam.model.pipeline.v1.RunnerApi.StandardArtifacts;
import org.apache.beam.sdk.util.construction.BeamUrns;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;

/**
 * How a pipeline says which staged files its environments need: as Beam's artifacts of type file,
 * whose path is the hash and nothing that there is in a file system. Their roles are the client's.
 */
public final class StagedArtifacts {

  static final String FILE = BeamUrns.getUrn(StandardArtifacts.Types.FILE);

  private StagedArtifacts() {}

  /** An artifact as it is named once it is in the store. */
  static ArtifactInformation staged(Sha256 hash, ArtifactInformation announced) {
    return announced.toBuilder()
        .setTypeUrn(FILE)
        .setTypePayload(
            ArtifactFilePayload.newBuilder()
                .setPath(hash.hex())
                .setSha256(hash.hex())
                .build()
                .toByteString())
        .build();
  }

  /** The hash that an artifact is announced with, if it is a file and there is one. */
  static Optional<Sha256> hash(ArtifactInformation artifact) {
    if (!artifact.getTypeUrn().equals(FILE)) {
      return Optional.empty();
    }
    try {
      return Sha256.parse(ArtifactFilePayload.parseFrom(artifact.getTypePayload()).getSha256());
    } catch (InvalidProtocolBufferException e) {
      return Optional.empty();
    }
  }

  /**
   * The pipeline with its environments' dependencies replaced.
   *
   * @param dependencies staged ones, by the environment's id
   */
  public static Pipeline replace(
      Pipeline pipeline, Map<String, List<ArtifactInformation>> dependencies) {
    Pipeline.Builder builder = pipeline.toBuilder();
    dependencies.forEach(
        (id, staged) -> {
          Environment environment = pipeline.getComponents().getEnvironmentsOrThrow(id);
          builder
              .getComponentsBuilder()
              .putEnvironments(
                  id,
                  environment.toBuilder().clearDependencies().addAllDependencies(staged).build());
        });
    return builder.build();
  }

  /** Which files a pipeline's environments need, as far as they have been announced with hashes. */
  public static Set<Sha256> of(Pipeline pipeline) {
    Set<Sha256> hashes = new LinkedHashSet<>();
    for (Environment environment : pipeline.getComponents().getEnvironmentsMap().values()) {
      environment.getDependenciesList().forEach(each -> hash(each).ifPresent(hashes::add));
    }
    return hashes;
  }
}
