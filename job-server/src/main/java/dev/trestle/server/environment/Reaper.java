package dev.trestle.server.environment;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends processes whose server has died without ending them. It is a small process itself, which is
 * told of those there are and sees, by the end of its input, that the server has gone. Most workers
 * end by themselves then, but not those in Go, and none whose user code is busy.
 */
final class Reaper implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Reaper.class);

  /** Its name among the processes. */
  static final String NAME = "trestle-reaper";

  /** Reads lines of a sign and a process id. */
  private static final String SCRIPT =
      """
      trap '' INT TERM HUP
      all=''
      while read -r sign id; do
        rest=''
        for each in $all; do
          [ "$each" = "$id" ] || rest="$rest $each"
        done
        all="$rest"
        [ "$sign" = + ] && all="$all $id"
      done
      [ -z "$all" ] && exit
      kill -TERM $all
      sleep 5
      kill -KILL $all
      """;

  @GuardedBy("this")
  private @Nullable BufferedWriter input;

  @GuardedBy("this")
  private boolean closed;

  /** Watches over a process. */
  void watch(Process process) {
    tell("+", process.pid());
  }

  /** The process has ended; its id may be another's soon. */
  void forget(Process process) {
    tell("-", process.pid());
  }

  private synchronized void tell(String sign, long id) {
    try {
      if (closed) {
        return;
      }
      if (input == null) {
        input =
            new ProcessBuilder("/bin/sh", "-c", SCRIPT, NAME)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .outputWriter(StandardCharsets.US_ASCII);
      }
      input.write(sign + " " + id + "\n");
      input.flush();
    } catch (IOException e) {
      LOG.warn("The process {} of an SDK worker may outlive a server that is killed", id, e);
    }
  }

  /** Watches no more. Processes that have not ended are, as if this one had died. */
  @Override
  public synchronized void close() {
    closed = true;
    if (input != null) {
      try {
        input.close();
      } catch (IOException e) {
        LOG.debug("The reaper has gone before", e);
      }
    }
  }
}
