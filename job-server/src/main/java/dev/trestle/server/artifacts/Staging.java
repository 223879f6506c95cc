package dev.trestle.server.artifacts;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ArtifactRequestWrapper;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ArtifactResponseWrapper;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.GetArtifactRequest;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ResolveArtifactsRequest;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactInformation;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactStagingToRolePayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.EmbeddedFilePayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.model.pipeline.v1.RunnerApi.Pipeline;
import org.apache.beam.model.pipeline.v1.RunnerApi.StandardArtifacts;
import org.apache.beam.sdk.util.construction.BeamUrns;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;
import org.jspecify.annotations.Nullable;

/**
 * A client brings the artifacts of a pipeline. One question at a time: for each environment, what
 * its dependencies stand for; then, for each of these, its bytes, unless the store has them already
 * by the hash that they are announced with.
 *
 * <p>Not thread safe. What it has stored is held until it is closed; whoever wants to keep it holds
 * it as well.
 */
public final class Staging implements AutoCloseable {

  private static final String EMBEDDED = BeamUrns.getUrn(StandardArtifacts.Types.EMBEDDED);
  private static final String STAGING_TO = BeamUrns.getUrn(StandardArtifacts.Roles.STAGING_TO);

  /** For one pipeline. */
  private static final int MOST_ARTIFACTS = 10_000;

  private static final int SHOWN_NAME = 200;

  private final ArtifactStore store;
  private final Deque<Map.Entry<String, Environment>> unresolved = new ArrayDeque<>();
  private final Deque<ArtifactInformation> missing = new ArrayDeque<>();
  private final Map<String, List<ArtifactInformation>> staged = new LinkedHashMap<>();
  private final List<Sha256> held = new ArrayList<>();

  /** Whose dependencies are being asked for, or have been. */
  private String environment = "";

  private boolean resolving;
  private @Nullable ArtifactInformation coming;
  private @Nullable ArtifactUpload upload;
  private int artifacts;

  public Staging(ArtifactStore store, Pipeline pipeline) {
    this.store = store;
    pipeline.getComponents().getEnvironmentsMap().entrySet().stream()
        .filter(each -> each.getValue().getDependenciesCount() > 0)
        .sorted(Map.Entry.comparingByKey())
        .forEach(unresolved::add);
  }

  /**
   * The next question, or null when everything is there. To be called at first, and whenever {@link
   * #answer} says so.
   *
   * @throws ArtifactException if an artifact cannot be taken
   * @throws IOException if the store cannot be written
   */
  public @Nullable ArtifactRequestWrapper next() throws IOException, ArtifactException {
    while (!missing.isEmpty()) {
      ArtifactInformation artifact = missing.remove();
      if (artifact.getTypeUrn().equals(EMBEDDED)) {
        storeEmbedded(artifact);
      } else if (!isThere(artifact)) {
        coming = artifact;
        upload = store.begin();
        return ArtifactRequestWrapper.newBuilder()
            .setGetArtifact(GetArtifactRequest.newBuilder().setArtifact(artifact))
            .build();
      }
    }
    if (unresolved.isEmpty()) {
      return null;
    }
    Map.Entry<String, Environment> next = unresolved.remove();
    environment = next.getKey();
    resolving = true;
    return ArtifactRequestWrapper.newBuilder()
        .setResolveArtifact(
            ResolveArtifactsRequest.newBuilder()
                .addAllArtifacts(next.getValue().getDependenciesList())
                .addPreferredUrns(StagedArtifacts.FILE))
        .build();
  }

  /**
   * Takes an answer, or a part of one.
   *
   * @return whether it is complete
   * @throws ArtifactException if it is no answer, or what it brings cannot be taken
   * @throws IOException if the store cannot be written
   */
  public boolean answer(ArtifactResponseWrapper answer) throws IOException, ArtifactException {
    if (upload != null && coming != null && answer.hasGetArtifactResponse()) {
      return takeBytes(upload, coming, answer);
    }
    if (resolving && answer.hasResolveArtifactResponse()) {
      List<ArtifactInformation> resolved =
          answer.getResolveArtifactResponse().getReplacementsList();
      artifacts += resolved.size();
      if (artifacts > MOST_ARTIFACTS) {
        throw new ArtifactException("The pipeline has more than " + MOST_ARTIFACTS + " artifacts");
      }
      missing.addAll(resolved);
      staged.put(environment, new ArrayList<>());
      resolving = false;
      return true;
    }
    throw new ArtifactException(
        "An answer to a question that was not asked: " + answer.getResponseCase());
  }

  private boolean takeBytes(
      ArtifactUpload to, ArtifactInformation artifact, ArtifactResponseWrapper answer)
      throws IOException, ArtifactException {
    try {
      to.write(answer.getGetArtifactResponse().getData());
      if (answer.getIsLast()) {
        keep(to.finish(StagedArtifacts.hash(artifact).orElse(null)), artifact);
        closeUpload();
      }
      return answer.getIsLast();
    } catch (ArtifactException e) {
      throw of(artifact, e);
    }
  }

  private void storeEmbedded(ArtifactInformation artifact) throws IOException, ArtifactException {
    try (ArtifactUpload whole = store.begin()) {
      whole.write(EmbeddedFilePayload.parseFrom(artifact.getTypePayload()).getData());
      keep(whole.finish(null), artifact);
    } catch (InvalidProtocolBufferException e) {
      throw of(artifact, new ArtifactException("its payload is damaged: " + e.getMessage()));
    } catch (ArtifactException e) {
      throw of(artifact, e);
    }
  }

  private boolean isThere(ArtifactInformation artifact) {
    Sha256 hash = StagedArtifacts.hash(artifact).orElse(null);
    if (hash == null || !store.hold(hash)) {
      return false;
    }
    keep(hash, artifact);
    return true;
  }

  private void keep(Sha256 hash, ArtifactInformation artifact) {
    held.add(hash);
    staged
        .computeIfAbsent(environment, id -> new ArrayList<>())
        .add(StagedArtifacts.staged(hash, artifact));
  }

  /** What has been staged, by the environment's id. */
  public Map<String, List<ArtifactInformation>> staged() {
    return staged;
  }

  /** The files that have been staged. */
  public Set<Sha256> files() {
    return new LinkedHashSet<>(held);
  }

  private void closeUpload() throws IOException {
    if (upload != null) {
      upload.close();
    }
    upload = null;
    coming = null;
  }

  @Override
  public void close() throws IOException {
    try {
      closeUpload();
    } finally {
      store.release(held);
      held.clear();
    }
  }

  private static ArtifactException of(ArtifactInformation artifact, ArtifactException trouble) {
    String name = artifact.getTypeUrn();
    try {
      if (artifact.getRoleUrn().equals(STAGING_TO)) {
        name = ArtifactStagingToRolePayload.parseFrom(artifact.getRolePayload()).getStagedName();
      }
    } catch (InvalidProtocolBufferException e) {
      trouble.addSuppressed(e);
    }
    String shown = name.length() > SHOWN_NAME ? name.substring(0, SHOWN_NAME) + "..." : name;
    return new ArtifactException("Artifact '" + shown + "': " + trouble.getMessage());
  }
}
