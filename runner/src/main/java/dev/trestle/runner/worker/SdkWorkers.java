package dev.trestle.runner.worker;

import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;

/** Where a job has its SDK workers from. Any thread may call. */
public interface SdkWorkers extends AutoCloseable {

  /**
   * A worker of an environment that is connected, for one task; others may share it. Blocks until
   * there is one.
   *
   * @param taskIndex which of a stage's tasks asks: tasks are spread over workers by it
   * @throws WorkerException if none can be had, with the reason and the end of the worker's log
   */
  SdkWorker worker(Environment environment, int taskIndex)
      throws WorkerException, InterruptedException;

  /** No workers: those of a job all of whose transforms run in its own process. */
  static SdkWorkers none() {
    return new SdkWorkers() {
      @Override
      public SdkWorker worker(Environment environment, int taskIndex) throws WorkerException {
        throw new WorkerException(
            "The job has no workers, and this needs one of " + environment.getUrn());
      }

      @Override
      public void close() {}
    };
  }

  /**
   * Lets go of all of the job's workers. Bundles that are still out fail; workers that finalize
   * what is durable have some time for it.
   */
  @Override
  void close();
}
