package dev.trestle.server.environment;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends processes whose server has died without ending them, and removes their files. It is a small
 * process itself, which is told what there is and sees, by the end of its input, that the server
 * has gone. Most workers end by themselves then, but not those in Go, and none whose user code is
 * busy.
 */
final class Reaper implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Reaper.class);

  /** Its name among the processes. */
  static final String NAME = "trestle-reaper";

  /** Reads lines of a sign, and the id of a process or the path of a directory. */
  private static final String SCRIPT =
      """
      trap '' INT TERM HUP
      all=''
      while read -r sign id; do
        [ "$sign" = / ] && set -- "$@" "$id" && continue
        rest=''
        for each in $all; do
          [ "$each" = "$id" ] || rest="$rest $each"
        done
        all="$rest"
        [ "$sign" = + ] && all="$all $id"
      done
      if [ -n "$all" ]; then
        kill -TERM $all
        sleep 5
        kill -KILL $all
      fi
      rm -rf -- "$@"
      """;

  @GuardedBy("this")
  private @Nullable BufferedWriter input;

  @GuardedBy("this")
  private boolean closed;

  /** Watches over a process. */
  void watch(ProcessHandle process) {
    tell("+", Long.toString(process.pid()));
  }

  /** Watches over a directory, which is gone with the server. */
  void watch(Path directory) {
    tell("/", directory.toAbsolutePath().toString());
  }

  /** The process has ended; its id may be another's soon. */
  void forget(ProcessHandle process) {
    tell("-", Long.toString(process.pid()));
  }

  private synchronized void tell(String sign, String what) {
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
                .outputWriter(StandardCharsets.UTF_8);
      }
      input.write(sign + " " + what + "\n");
      input.flush();
    } catch (IOException e) {
      LOG.warn("{} may outlive a server that is killed", what, e);
    }
  }

  /** Watches no more: what is still there goes, as if this process had died. */
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
