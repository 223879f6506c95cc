package dev.trestle.expansion;

import org.apache.beam.model.expansion.v1.ExpansionApi.ExpansionRequest;
import org.apache.beam.model.expansion.v1.ExpansionApi.ExpansionResponse;
import org.apache.beam.sdk.expansion.service.ExpansionService;
import org.apache.beam.sdk.expansion.service.ExpansionServiceOptions;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.StreamObserver;

/**
 * Beam's expansion service over the transforms of the class path, in which a Kafka sink with a
 * transactional id is one that writes exactly once.
 */
final class Transforms extends ExpansionService {

  Transforms(ExpansionServiceOptions options) {
    super(options);
  }

  /** There is nothing to close. */
  @Override
  public void close() {}

  @Override
  public void expand(ExpansionRequest request, StreamObserver<ExpansionResponse> observer) {
    super.expand(TransactionalKafkaWrite.recognized(request), observer);
  }
}
