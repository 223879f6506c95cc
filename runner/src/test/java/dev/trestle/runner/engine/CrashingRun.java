package dev.trestle.runner.engine;

import dev.trestle.runner.engine.SimulatedProcess.Outcome;
import dev.trestle.state.checkpoint.FaultyStore;
import dev.trestle.state.checkpoint.MemoryStore;
import dev.trestle.state.checkpoint.StoredObject;
import dev.trestle.translation.graph.OperatorGraph;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Runs a job in simulated processes until it is done. A process takes checkpoints at random moments
 * and dies between any two of its turns, within a call to the store, or in the middle of a bundle;
 * the next one takes over, perhaps with another parallelism. Some that everybody believes dead wake
 * up again; a job may also fail and go on in the same process. The store is slow, fails, and shows
 * the past.
 *
 * <p>All of it follows from the seed, as far as DoFns do.
 */
public final class CrashingRun {

  private static final int MOST_STEPS = 5_000_000;

  /** Identities of stores are drawn anew in each run, whatever its seed. */
  private static final Pattern IDENTITY =
      Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

  private static final Comparator<StoredObject> REPEATABLE =
      Comparator.comparing((StoredObject object) -> IDENTITY.matcher(object.path()).replaceAll(""))
          .thenComparing(StoredObject::length);

  private final OperatorGraph graph;
  private final Random random;
  private final Path directory;
  private final Conditions conditions;
  private final int mostCrashes;
  private final int crashOdds;
  private final boolean damages;
  private final MemoryStore store = new MemoryStore();
  private final FaultyStore.Late late = new FaultyStore.Late();
  private final List<SimulatedProcess> zombies = new ArrayList<>();
  private final Tally tally = new Tally();
  private @Nullable SimulatedProcess acting;
  private long now;

  private CrashingRun(
      OperatorGraph graph,
      Random random,
      Path directory,
      Conditions conditions,
      int mostCrashes,
      boolean damages) {
    this.graph = graph;
    this.random = random;
    this.directory = directory;
    this.conditions = conditions;
    this.mostCrashes = mostCrashes;
    this.damages = damages;
    int[] odds = {40, 200, 1000};
    crashOdds = odds[random.nextInt(odds.length)];
  }

  /**
   * A run with one crash or a few.
   *
   * @param damages whether the newest checkpoint may be damaged when nobody is looking, so that
   *     what comes after its commit is done again
   */
  public static CrashingRun of(OperatorGraph graph, long seed, Path directory, boolean damages) {
    Random random = new Random(seed);
    Conditions conditions = Conditions.drawn(random);
    return new CrashingRun(graph, random, directory, conditions, 1 + random.nextInt(6), damages);
  }

  /** A run in which nothing happens but a checkpoint now and then. */
  public static CrashingRun undisturbed(OperatorGraph graph, Path directory) {
    return new CrashingRun(graph, new Random(0), directory, Conditions.GOOD, 0, false);
  }

  public Tally tally() {
    return tally;
  }

  /** The epoch of the process that has its turn; 0 if it does not have the job yet. */
  public long epoch() {
    return acting == null ? 0 : acting.epoch();
  }

  /** For DoFns, which fail with what this throws, now and then. */
  public void mayFail() {
    if (tally.crashes < mostCrashes && random.nextInt(crashOdds) == 0) {
      tally.crashes++;
      throw new InjectedFailure();
    }
  }

  /** Runs to the end of the job. */
  public void run() throws Exception {
    try {
      runUntilDone();
      if (tally.crashes > 0 && random.nextInt(4) == 0) {
        runUntilDone();
      }
      while (!zombies.isEmpty()) {
        wake(zombies.get(random.nextInt(zombies.size())));
      }
    } finally {
      for (SimulatedProcess zombie : zombies) {
        zombie.kill();
      }
    }
  }

  private void runUntilDone() throws Exception {
    SimulatedProcess process = start();
    try {
      while (process.outcome() != Outcome.DONE) {
        if (process.outcome() != Outcome.RUNNING) {
          process = start();
        }
        act(process);
        if (!zombies.isEmpty() && random.nextInt(10) == 0) {
          wake(zombies.get(random.nextInt(zombies.size())));
        }
        if (isTimeToCrash(process)) {
          process = crash(process);
        }
      }
    } finally {
      process.kill();
    }
  }

  private SimulatedProcess start() throws IOException {
    if (damages && random.nextInt(4) == 0) {
      damageNewest();
    }
    Conditions own = tally.crashes < mostCrashes ? conditions : conditions.withoutFaults();
    return new SimulatedProcess(
        graph,
        random,
        own,
        directory,
        now + random.nextInt(100),
        tally,
        pause -> new FaultyStore(store, late, random, own.faults(), pause::run));
  }

  private void act(SimulatedProcess process) throws Exception {
    if (++tally.steps > MOST_STEPS) {
      throw new AssertionError("The job does not come to its end");
    }
    acting = process;
    process.step();
    now = Math.max(now, process.now());
  }

  private void wake(SimulatedProcess zombie) throws Exception {
    act(zombie);
    if (zombie.outcome() != Outcome.RUNNING) {
      zombies.remove(zombie);
    }
  }

  /** Every run has a crash, its last moment if there has been none before. */
  private boolean isTimeToCrash(SimulatedProcess process) {
    return process.outcome() == Outcome.RUNNING
        && tally.crashes < mostCrashes
        && (random.nextInt(crashOdds) == 0 || (tally.crashes == 0 && process.isSealing()));
  }

  private SimulatedProcess crash(SimulatedProcess process) throws Exception {
    tally.crashes++;
    if (random.nextInt(3) == 0) {
      tally.zombies++;
      zombies.add(process);
    } else {
      process.kill();
    }
    return start();
  }

  /** Alters, shortens or deletes an object of the checkpoint with the highest id. */
  private void damageNewest() throws IOException {
    Optional<String> newest =
        store.list("").stream()
            .map(StoredObject::path)
            .filter(path -> path.endsWith("/manifest"))
            .max(Comparator.naturalOrder())
            .map(path -> path.substring(0, path.length() - "manifest".length()));
    if (newest.isEmpty()) {
      return;
    }
    List<StoredObject> objects = store.list(newest.get()).stream().sorted(REPEATABLE).toList();
    String path = objects.get(random.nextInt(objects.size())).path();
    byte[] content = store.read(path);
    store.delete(path);
    tally.damaged++;
    switch (content.length == 0 ? 2 : random.nextInt(3)) { // it may have been shortened before
      case 0 -> {
        content[random.nextInt(content.length)] ^= 1;
        store.createIfAbsent(path, content);
      }
      case 1 -> store.createIfAbsent(path, Arrays.copyOf(content, random.nextInt(content.length)));
      default -> {}
    }
  }
}
