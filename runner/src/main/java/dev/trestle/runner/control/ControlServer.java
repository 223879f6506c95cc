package dev.trestle.runner.control;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.trestle.runner.control.ControlMessages.Kind;
import dev.trestle.runner.control.ControlMessages.Reply;
import dev.trestle.runner.control.ControlMessages.Verb;
import dev.trestle.runner.engine.JobRefusal;
import dev.trestle.runner.engine.RunningJob;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets other processes of the user control a job, as long as it runs. The last one to start a job
 * of a name has the socket of that name.
 *
 * <p>A thread waits for the job's end, one for callers, and one serves each of them. What is told
 * to a caller is told before the process ends, if that does not take long.
 */
public final class ControlServer {

  private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);

  /** How long a process that ends waits for replies to be written. */
  private static final long LAST_WORDS_MILLIS = 2000;

  private final JobControl job;
  private final Path socket;
  private final ServerSocketChannel channel;
  private final @Nullable Object fileKey;

  @GuardedBy("this")
  private int serving;

  private ControlServer(JobControl job, Path socket, ServerSocketChannel channel)
      throws IOException {
    this.job = job;
    this.socket = socket;
    this.channel = channel;
    fileKey = fileKey(socket);
  }

  /**
   * Listens for a job of this process. If that is not possible it is logged, and nobody listens.
   */
  public static void start(ControlDirectory directory, String name, RunningJob job) {
    JobControl control = new LocalJobControl(name, job, System.currentTimeMillis());
    Path socket = directory.socket(name);
    try {
      directory.make();
      Files.deleteIfExists(socket); // stale, or of an earlier process with the job
      ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        channel.bind(UnixDomainSocketAddress.of(socket));
        new ControlServer(control, socket, channel).start(name, job);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("{} cannot be controlled from the command line: {}", name, e.toString());
    }
  }

  private void start(String name, RunningJob running) {
    daemon(name + "-control", this::accept).start();
    Thread hook = new Thread(this::close, name + "-control-at-exit");
    Runtime.getRuntime().addShutdownHook(hook);
    daemon(name + "-control-end", () -> awaitEnd(running, hook)).start();
  }

  private static Thread daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  private void awaitEnd(RunningJob running, Thread hook) {
    try {
      running.await(Long.MAX_VALUE);
      close();
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IllegalStateException e) {
      LOG.debug("The process is ending: the hook has run", e);
    }
  }

  private void accept() {
    while (true) {
      try {
        SocketChannel caller = channel.accept();
        synchronized (this) {
          serving++;
        }
        daemon("trestle-control-call", () -> serve(caller)).start();
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        LOG.warn("Nobody listens at {} any more", socket, e);
        return;
      }
    }
  }

  private void serve(SocketChannel caller) {
    try (caller) {
      ControlMessages.write(caller, answer(caller));
    } catch (IOException e) {
      LOG.debug("A caller at {} has gone", socket, e);
    } finally {
      synchronized (this) {
        serving--;
        notifyAll();
      }
    }
  }

  private Reply answer(SocketChannel caller) throws IOException {
    Verb verb;
    try {
      verb = ControlMessages.readVerb(caller);
    } catch (IllegalArgumentException e) {
      return new Reply(Kind.REFUSED, "The job's process is of another version of Trestle");
    }
    try {
      return new Reply(Kind.OK, call(verb));
    } catch (JobRefusal e) {
      return new Reply(Kind.REFUSED, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Reply(Kind.FAILED, "The job's process is ending");
    } catch (IOException | RuntimeException e) {
      LOG.warn("{} was asked for and has failed", verb, e);
      return new Reply(Kind.FAILED, String.valueOf(e.getMessage()));
    }
  }

  private String call(Verb verb) throws IOException, InterruptedException {
    return switch (verb) {
      case STATUS -> job.status().format();
      case SAVEPOINT -> job.savepoint();
      case STOP -> job.stop();
      case DRAIN -> job.drain().name();
      case CANCEL -> job.cancel().name();
    };
  }

  /** Listens no more, and waits a moment for those who are being served. */
  private synchronized void close() {
    try {
      channel.close();
      if (fileKey != null && fileKey.equals(fileKey(socket))) {
        Files.deleteIfExists(socket);
      }
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LAST_WORDS_MILLIS);
      while (serving > 0 && end - System.nanoTime() > 0) {
        wait(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
      }
    } catch (IOException e) {
      LOG.debug("{} stays", socket, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Tells a file from another at the same path; null if there is none. */
  private static @Nullable Object fileKey(Path file) throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    } catch (NoSuchFileException e) {
      return null;
    }
  }
}
