package dev.trestle.state.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;

/**
 * A store as one process sees it, on a bad day: calls fail, before or after they had their effect;
 * effects come late, and in another order; listings show the past; files arrive by half; the
 * process is lost in the middle. All of it follows from the seed. What the {@link MemoryStore}
 * below holds is durable.
 */
public final class FaultyStore implements CheckpointStore {

  /** The process is gone. Nothing that it would do after this happens. */
  public static final class ProcessLost extends Error {}

  /**
   * Chances, 0 to 1, for one call.
   *
   * @param fail it throws
   * @param lose the process is lost
   * @param late a change happens later; the call throws, or, for a delete, says that it is done
   * @param stale a listing is of the past
   */
  public record Faults(double fail, double lose, double late, double stale) {
    public static final Faults NONE = new Faults(0, 0, 0, 0);
  }

  /** What one process does between two calls: others go on. */
  public interface Pause {
    void pause();
  }

  private interface Effect<T> {
    T run() throws IOException;
  }

  /** Changes on their way to a store, of all processes, those that are gone included. */
  public static final class Late {
    private final List<Effect<?>> effects = new ArrayList<>();

    void arriveAll() {
      while (!effects.isEmpty()) {
        arrive(0);
      }
    }

    private void arrive(int which) {
      try {
        effects.remove(which).run();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  private final MemoryStore store;
  private final Late late;
  private final Random random;
  private final Pause pause;
  Faults faults;
  private boolean lost;

  /** Calls until the process is lost, if that is planned. */
  int callsLeft = Integer.MAX_VALUE;

  /** What every attempt to write fails with, if set. */
  String outOfOrder = "";

  /** Changes of objects with this in their path come late, if set. */
  String loseAnswersOf = "";

  /** How many objects there is room for. */
  int room = Integer.MAX_VALUE;

  /**
   * A process's view of a store.
   *
   * @param late what is on its way to that store, of all processes
   */
  public FaultyStore(MemoryStore store, Late late, Random random, Faults faults, Pause pause) {
    this.store = store;
    this.late = late;
    this.random = random;
    this.faults = faults;
    this.pause = pause;
  }

  private boolean chance(double probability) {
    return probability > 0 && random.nextDouble() < probability;
  }

  private <T> T call(String what, Effect<T> effect) throws IOException {
    before(what);
    T result = effect.run();
    after(what);
    return result;
  }

  private void before(String what) throws IOException {
    pause.pause();
    if (!late.effects.isEmpty() && random.nextInt(10) == 0) {
      late.arrive(random.nextInt(late.effects.size()));
    }
    loseIf(lost || chance(faults.lose() / 2));
    failIf(chance(faults.fail() / 2), what);
  }

  private void after(String what) throws IOException {
    loseIf(--callsLeft <= 0 || chance(faults.lose() / 2));
    failIf(chance(faults.fail() / 2), what);
    pause.pause();
  }

  private void loseIf(boolean condition) {
    if (condition) {
      lost = true;
      throw new ProcessLost();
    }
  }

  private static void failIf(boolean condition, String what) throws IOException {
    if (condition) {
      throw new IOException("Injected: " + what);
    }
  }

  private void needRoom() throws IOException {
    failIf(!outOfOrder.isEmpty(), outOfOrder);
    failIf(store.objects.size() >= room, "No space left on device");
  }

  private <T> T change(String what, Effect<T> effect) throws IOException {
    if (chance(faults.late()) || (!loseAnswersOf.isEmpty() && what.contains(loseAnswersOf))) {
      before(what);
      late.effects.add(effect);
      loseIf(chance(faults.lose()));
      throw new IOException("Injected: no answer: " + what);
    }
    return call(what, effect);
  }

  @Override
  public void write(String path, Path source) throws IOException {
    byte[] content = Files.readAllBytes(source);
    needRoom();
    change(
        "write " + path,
        () -> {
          store.delete(path);
          return store.createIfAbsent(path, content);
        });
  }

  @Override
  public boolean createIfAbsent(String path, byte[] content) throws IOException {
    needRoom();
    return change("create " + path, () -> store.createIfAbsent(path, content));
  }

  @Override
  public byte[] read(String path) throws IOException {
    return call("read " + path, () -> store.read(path));
  }

  @Override
  public void download(String path, Path target) throws IOException {
    byte[] content = read(path);
    if (chance(faults.fail())) {
      Files.write(target, Arrays.copyOf(content, content.length / 2));
      failIf(true, "half of " + path);
    }
    Files.write(target, content);
  }

  @Override
  public OptionalLong length(String path) throws IOException {
    return call("length " + path, () -> store.length(path));
  }

  @Override
  public List<StoredObject> list(String prefix) throws IOException {
    int changesAgo = chance(faults.stale()) ? random.nextInt(40) : 0;
    List<StoredObject> found =
        new ArrayList<>(call("list " + prefix, () -> store.list(prefix, changesAgo)));
    Collections.shuffle(found, random);
    return found;
  }

  @Override
  public void delete(String path) throws IOException {
    Effect<Void> effect =
        () -> {
          store.delete(path);
          return null;
        };
    if (chance(faults.late())) {
      before("delete " + path);
      late.effects.add(effect);
    } else {
      change("delete " + path, effect);
    }
  }
}
