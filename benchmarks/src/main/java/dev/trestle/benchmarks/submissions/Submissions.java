package dev.trestle.benchmarks.submissions;

import dev.trestle.benchmarks.Arguments;
import dev.trestle.benchmarks.submissions.ServerProcess.Weight;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Submits small jobs to a job server, two at a time, and weighs the server: after the hundredth, by
 * when it has loaded what it needs, and after the last.
 *
 * <p>Arguments: {@code --root=DIR --directory=DIR --jobs=N}. Fails if a job does.
 */
public final class Submissions {

  private static final int AT_ONCE = 2;

  /** Jobs before the server is weighed for the first time. */
  private static final int WARM_UP = 100;

  private static final long LONGEST_HOURS = 5;

  private final SmallJobs jobs;
  private final AtomicInteger failed = new AtomicInteger();

  private Submissions(SmallJobs jobs) {
    this.jobs = jobs;
  }

  /** See above. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Arguments arguments = new Arguments(args);
    Path launcher = Path.of(arguments.required("root"), "trestle");
    Path directory = Path.of(arguments.required("directory"));
    int count = (int) arguments.number("jobs", 1000);
    arguments.refuseOthers();
    if (count <= WARM_UP) {
      throw new IllegalArgumentException("--jobs has to be more than " + WARM_UP);
    }
    int failed;
    try (ServerProcess server = ServerProcess.start(launcher, directory)) {
      Submissions submissions = new Submissions(new SmallJobs(server.endpoint()));
      submissions.submit(0, WARM_UP);
      Weight before = server.weigh();
      System.err.println("submissions: the server has " + before);
      submissions.submit(WARM_UP, count);
      Weight after = server.weigh();
      System.err.println("submissions: the server has " + after);
      failed = submissions.failed.get();
      System.out.println(line(count, failed, before, after));
    }
    System.exit(failed == 0 ? 0 : 1);
  }

  private void submit(int from, int to) throws InterruptedException {
    ExecutorService submitters = Executors.newFixedThreadPool(AT_ONCE);
    for (int number = from; number < to; number++) {
      int job = number;
      submitters.execute(() -> submit(job));
    }
    submitters.shutdown();
    if (!submitters.awaitTermination(LONGEST_HOURS, TimeUnit.HOURS)) {
      throw new IllegalStateException("jobs do not end");
    }
    System.err.println("submissions: " + to + " jobs, " + failed + " failed");
  }

  private void submit(int number) {
    try {
      jobs.run(number);
    } catch (RuntimeException | AssertionError e) {
      failed.incrementAndGet();
      System.err.println("submissions: job " + number + " has failed: " + e);
    }
  }

  private static String line(int count, int failed, Weight before, Weight after) {
    return String.format(
        Locale.ROOT,
        "submissions: jobs=%d failed=%d heap_ratio=%.3f threads_more=%d files_more=%d"
            + " disk_bytes_per_job=%d",
        count,
        failed,
        (double) after.heapBytes() / before.heapBytes(),
        after.threads() - before.threads(),
        after.files() - before.files(),
        (after.diskBytes() - before.diskBytes()) / (count - WARM_UP));
  }
}
