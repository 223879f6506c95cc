package dev.trestle.server.environment;

import java.util.Optional;

/**
 * What workers of all jobs share on this machine, and what outlasts these jobs: the interpreters of
 * those in Python and the processes that they are forked from, the classes and thread groups of
 * those that are threads of this process. Any thread may call.
 */
public final class WorkerHost implements AutoCloseable {

  private final Optional<ForkServers> forkServers;
  private final PythonInterpreters interpreters = new PythonInterpreters();
  private final EmbeddedClasses classes = new EmbeddedClasses();
  private final EmbeddedThreads threads = new EmbeddedThreads();

  private WorkerHost(Optional<ForkServers> forkServers) {
    this.forkServers = forkServers;
  }

  /** Forks workers in Python from processes that have imported Beam. */
  public static WorkerHost forking() {
    return new WorkerHost(Optional.of(new ForkServers()));
  }

  /** Starts each worker in Python from nothing. */
  static WorkerHost plain() {
    return new WorkerHost(Optional.empty());
  }

  Optional<ForkServers> forkServers() {
    return forkServers;
  }

  PythonInterpreters interpreters() {
    return interpreters;
  }

  EmbeddedClasses classes() {
    return classes;
  }

  EmbeddedThreads threads() {
    return threads;
  }

  /** Ends the processes. Workers are to have ended. */
  @Override
  public void close() {
    forkServers.ifPresent(ForkServers::close);
  }
}
