package dev.trestle.runner.worker;

import org.apache.beam.model.fnexecution.v1.BeamFnApi.LogEntry;

/** Where a worker's log goes. Threads of the connection call; no call may block. */
public interface WorkerLog {

  /** The worker has logged something, or printed it. */
  void logged(LogEntry entry);
}
