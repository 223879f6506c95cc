package dev.trestle.runner.engine;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the user why checkpoints fail: of each kind of failure the first, until one is committed
 * again. A disk that is full for a day is one line, and another when it is not. One thread uses it.
 */
final class CheckpointFailures {

  private static final Logger LOG = LoggerFactory.getLogger(CheckpointFailures.class);

  /** So many kinds are told apart: messages may have something in them that is never the same. */
  private static final int MOST_KINDS = 20;

  /** What differs from one failure to the next of its kind: numbers, and names made of digits. */
  private static final Pattern VARIABLE = Pattern.compile("[0-9a-fA-F-]*[0-9][0-9a-fA-F-]*");

  private final String job;
  private final Set<String> told = new HashSet<>();
  private int failed;

  CheckpointFailures(String job) {
    this.job = job;
  }

  void failed(long id, IOException why) {
    failed++;
    if (told.size() < MOST_KINDS && told.add(kind(why))) {
      LOG.warn(
          "Checkpoint {} of {} has failed; the job goes on, and the next may be committed. {}",
          id,
          job,
          why.toString(),
          why);
    } else {
      LOG.debug("Checkpoint {} of {} has failed", id, job, why);
    }
  }

  void committed(long id) {
    if (failed > 0) {
      LOG.info("Checkpoint {} of {} is committed, after {} that failed", id, job, failed);
      failed = 0;
      told.clear();
    }
    LOG.debug("Checkpoint {} of {} is durable", id, job);
  }

  private static String kind(Throwable failure) {
    StringBuilder kind = new StringBuilder();
    for (Throwable each = failure; each != null; each = each.getCause()) {
      String reason = each instanceof FileSystemException file ? file.getReason() : reason(each);
      kind.append(each.getClass().getName()).append(' ').append(reason).append('\n');
    }
    return kind.toString();
  }

  private static String reason(Throwable failure) {
    return VARIABLE.matcher(String.valueOf(failure.getMessage())).replaceAll("#");
  }
}
