package dev.trestle.server.environment;

import dev.trestle.runner.worker.WorkerConnection;
import dev.trestle.runner.worker.WorkerException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;

/** How the workers of an SDK are started, as its container would do it. */
interface WorkerBoot {

  /**
   * Prepares what all workers of an environment need. Is called once, before the others; may take
   * its time.
   *
   * @param log is told lines of what goes on
   * @throws WorkerException if something is missing, for the user
   */
  default void prepare(StagedFiles files, Consumer<String> log)
      throws WorkerException, IOException, InterruptedException {}

  /** The pipeline's options, as workers are to see them. */
  default Struct options(Struct submitted) {
    return submitted;
  }

  /**
   * The command line of a worker.
   *
   * @param options the pipeline's options, in JSON
   * @param own a directory of the worker alone
   * @throws WorkerException if something is missing, for the user
   */
  List<String> command(WorkerConnection connection, StagedFiles files, String options, Path own)
      throws WorkerException, IOException;

  /**
   * Starts a worker.
   *
   * @param builder has the command line, the directory and the variables
   * @param output is told the lines that it prints
   * @throws IOException if there is no such program
   */
  default ChildProcess start(ProcessBuilder builder, String id, Consumer<String> output)
      throws WorkerException, IOException, InterruptedException {
    return ChildProcess.start(builder, id, output);
  }

  /** Environment variables, besides those that all workers have. */
  default Map<String, String> variables() {
    return Map.of();
  }
}
