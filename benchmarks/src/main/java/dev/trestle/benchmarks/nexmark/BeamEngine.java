package dev.trestle.benchmarks.nexmark;

import dev.trestle.benchmarks.nexmark.events.RecordedSource;
import dev.trestle.benchmarks.nexmark.events.Workload;
import dev.trestle.benchmarks.nexmark.results.DigestFn;
import dev.trestle.benchmarks.nexmark.results.ResultDigest;
import java.util.UUID;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.nexmark.NexmarkUtils;
import org.apache.beam.sdk.nexmark.model.Event;
import org.apache.beam.sdk.nexmark.model.KnownSize;
import org.apache.beam.sdk.nexmark.queries.NexmarkQueryTransform;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

/** Any Beam runner that works in this JVM, chosen by the pipeline options. */
final class BeamEngine implements Engine {
  private final String[] options;

  BeamEngine(String... options) {
    this.options = options;
  }

  @Override
  public Run run(Query query, Workload workload) {
    String run = UUID.randomUUID().toString();
    ResultDigest digest = query.digest().get();
    Pipeline pipeline =
        Pipeline.create(PipelineOptionsFactory.fromArgs(options).withValidation().create());
    NexmarkUtils.setupPipeline(NexmarkUtils.CoderStrategy.HAND, pipeline);
    PCollection<Event> events = pipeline.apply("Events", source(workload));
    applyWithDigest(events, query.transform().apply(workload.configuration()), run, digest);
    try {
      long start = System.nanoTime();
      PipelineResult.State end = pipeline.run().waitUntilFinish();
      double seconds = (System.nanoTime() - start) / 1e9;
      if (end != PipelineResult.State.DONE) {
        throw new IllegalStateException("the pipeline ended " + end);
      }
      return new Run(seconds, digest.value());
    } finally {
      DigestFn.close(run);
    }
  }

  private static <T extends KnownSize> void applyWithDigest(
      PCollection<Event> events, NexmarkQueryTransform<T> query, String run, ResultDigest digest) {
    events.apply(query).apply("Digest", ParDo.of(DigestFn.<T>open(run, digest)));
  }

  private static PTransform<PBegin, PCollection<Event>> source(Workload workload) {
    return switch (workload.source()) {
      case BOUNDED -> NexmarkUtils.batchEventsSource(workload.configuration());
      case STREAMING -> NexmarkUtils.streamEventsSource(workload.configuration());
      case REPLAY -> Read.from(RecordedSource.of(workload));
    };
  }
}
