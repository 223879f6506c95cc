package dev.trestle.runner.engine;

import dev.trestle.state.checkpoint.FaultyStore.ProcessLost;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * A computation that goes on only while its owner waits for it. It has a thread of its own, so that
 * code which blocks can be stopped at any depth; as the two take turns, nothing that they share
 * needs a lock.
 */
public final class Coroutine {

  private static final ExecutorService THREADS =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "coroutine");
            thread.setDaemon(true);
            return thread;
          });

  private final Semaphore its = new Semaphore(0);
  private final Semaphore owners = new Semaphore(0);
  private final Body body;
  private boolean started;
  private boolean ended;
  private boolean abandoned;
  private @Nullable Throwable failure;

  /** What is computed. */
  public interface Body {
    void run() throws Exception;
  }

  public Coroutine(Body body) {
    this.body = body;
  }

  /** Lets the owner go on; returns when it has resumed this. Called by the body. */
  public void pause() {
    owners.release();
    its.acquireUninterruptibly();
    if (abandoned) {
      throw new ProcessLost();
    }
  }

  /**
   * Lets the body go on until it pauses or ends.
   *
   * @return whether it has ended
   * @throws Exception what the body has thrown
   */
  public boolean resume() throws Exception {
    if (!ended) {
      giveTurn();
      Throwable thrown = failure;
      failure = null;
      if (thrown instanceof Error error) {
        throw error;
      } else if (thrown != null) {
        throw (Exception) thrown;
      }
    }
    return ended;
  }

  /** Ends the body where it is: nothing that it would do after its last pause happens. */
  public void abandon() {
    abandoned = true;
    while (started && !ended) {
      giveTurn();
    }
  }

  private void giveTurn() {
    if (!started) {
      started = true;
      THREADS.execute(this::run);
    }
    its.release();
    owners.acquireUninterruptibly();
  }

  private void run() {
    its.acquireUninterruptibly();
    try {
      body.run();
    } catch (Throwable t) {
      failure = t;
    } finally {
      ended = true;
      owners.release();
    }
  }
}
