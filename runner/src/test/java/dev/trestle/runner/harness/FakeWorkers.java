package dev.trestle.runner.harness;

import dev.trestle.runner.worker.BundleListener;
import dev.trestle.runner.worker.SdkWorker;
import dev.trestle.runner.worker.SdkWorkers;
import dev.trestle.runner.worker.WorkerBundle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleDescriptor;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleRequest.CacheToken;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;
import org.apache.beam.sdk.util.SerializableUtils;

/**
 * Workers within this JVM, which run {@link HarnessFn}s. They speak the form of the wire, by Beam's
 * own coders, and let a seed decide when they go on and what they send together. One thread at a
 * time runs all of their bundles.
 */
public final class FakeWorkers implements SdkWorkers {

  private final Executor executor;
  private final Random random;
  private final Runnable atClose;
  private final List<FakeBundle> bundles = new CopyOnWriteArrayList<>();
  private volatile boolean closed;

  private FakeWorkers(Executor executor, Random random, Runnable atClose) {
    this.executor = executor;
    this.random = random;
    this.atClose = atClose;
  }

  /** Workers that are simulated, on the thread that does all else. */
  public static FakeWorkers simulated(Executor steps, Random random) {
    return new FakeWorkers(steps, random, () -> {});
  }

  /** Workers on a thread of their own. */
  public static FakeWorkers threaded(long seed) {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    return new FakeWorkers(
        step -> {
          try {
            thread.execute(step);
          } catch (RejectedExecutionException e) {
            return; // the job is over
          }
        },
        new Random(seed),
        () -> end(thread));
  }

  private static void end(ExecutorService thread) {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(1, TimeUnit.MINUTES)) {
        throw new AssertionError("A worker does not end its turn");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public SdkWorker worker(Environment environment, int taskIndex) {
    return new Worker(environment.getUrn() + " " + taskIndex);
  }

  /** The bundles that have begun. */
  public List<FakeBundle> bundles() {
    return bundles;
  }

  public boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    closed = true;
    atClose.run();
    bundles.forEach(FakeBundle::kill);
  }

  private final class Worker implements SdkWorker {

    private final String id;
    private final Map<String, ProcessBundleDescriptor> descriptors = new ConcurrentHashMap<>();

    Worker(String id) {
      this.id = id;
    }

    @Override
    public String id() {
      return id;
    }

    @Override
    public String register(ProcessBundleDescriptor template) {
      String name = "descriptor " + descriptors.size();
      descriptors.put(name, template);
      return name;
    }

    @Override
    public WorkerBundle begin(String descriptor, List<CacheToken> tokens, BundleListener listener) {
      FakeTask task = task(descriptors.get(descriptor).getTransformsOrThrow(Harnessed.FN));
      FakeBundle bundle = new FakeBundle(task, new ArrayList<>(tokens), listener, executor, random);
      bundles.add(bundle);
      return bundle;
    }

    private static FakeTask task(PTransform transform) {
      byte[] bytes = transform.getSpec().getPayload().toByteArray();
      return (FakeTask) SerializableUtils.deserializeFromByteArray(bytes, "task");
    }
  }
}
