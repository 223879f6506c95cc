package dev.trestle.runner.recovery;

import static dev.trestle.runner.recovery.GroupingPipelines.numbers;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.runner.engine.Tally;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The simulation finds what it is made for, and finds it again. */
final class RehearsalTest {

  private static final int SEEDS = 40;

  @TempDir Path directory;

  /** Beam itself draws at random in one of them. */
  static List<String> repeatable() {
    return Rehearsal.names().stream().filter(name -> !name.equals("hot-key-fanout")).toList();
  }

  @ParameterizedTest
  @MethodSource("repeatable")
  void sameSeedIsTheSameRun(String pipeline) throws Exception {
    Rehearsal rehearsal = Rehearsal.of(pipeline, directory);
    Tally first = rehearsal.run(3);
    Tally second = rehearsal.run(3);
    assertThat(first.steps(), greaterThan(0L));
    assertThat(first.toString(), is(second.toString()));
  }

  @Test
  void schedulesHaveTroubleOfAllKinds() throws Exception {
    Rehearsal rehearsal = Rehearsal.of("fixed-windows-of-sums", directory);
    Tally tally = new Tally();
    for (long seed = 1; seed <= SEEDS; seed++) {
      tally.add(rehearsal.run(seed));
    }
    assertThat("crashes", tally.crashes(), greaterThan(SEEDS));
    assertThat("failed checkpoints", tally.failedCheckpoints(), greaterThan(0));
    assertThat("zombies", tally.zombies(), greaterThan(0));
    assertThat("fenced", tally.fenced(), greaterThan(0));
    assertThat("damaged", tally.damaged(), greaterThan(0));
  }

  @Test
  void memoryThatIsInNoCheckpointShows() throws Exception {
    Divergence found =
        firstDivergence(
            (pipeline, world) -> numbers(pipeline).apply(ParDo.of(new Forgetful(world))));
    assertThat(found.getMessage(), containsString("the one before"));
  }

  @Test
  void effectBeforeTheCommitShows() throws Exception {
    Divergence found =
        firstDivergence((pipeline, world) -> numbers(pipeline).apply(ParDo.of(new Hasty(world))));
    assertThat(found.getMessage(), containsString("is durable up to"));
  }

  @Test
  void inputThatIsNotStableShows() throws Exception {
    Divergence found =
        firstDivergence(
            (pipeline, world) -> numbers(pipeline).apply(ParDo.of(new Unstable(world))));
    assertThat(found.getMessage(), containsString("now with"));
  }

  private Divergence firstDivergence(BiConsumer<Pipeline, World> maker) throws Exception {
    Rehearsal rehearsal =
        new Rehearsal(RecoveryPipeline.withEffectsAfterCommit("wrong", maker), directory);
    return assertThrows(
        Divergence.class,
        () -> {
          for (long seed = 1; seed <= SEEDS; seed++) {
            rehearsal.run(seed);
          }
        });
  }

  private static final class Forgetful extends DoFn<Long, Void> {
    private final World world;
    private long before;

    Forgetful(World world) {
      this.world = world;
    }

    @ProcessElement
    public void process(@Element Long element) {
      if (element % 3 == before % 3) {
        world.write("the one before " + element, before);
      }
      before = element;
    }
  }

  private static final class Hasty extends DoFn<Long, Void> {
    private final World world;

    Hasty(World world) {
      this.world = world;
    }

    @ProcessElement
    public void process(@Element Long element) {
      world.goesOn("number " + element, 0);
      world.isDurable("number " + element, 1);
      world.write(element, "seen");
    }
  }

  private static final class Unstable extends DoFn<Long, Void> {
    private final World world;

    Unstable(World world) {
      this.world = world;
    }

    @ProcessElement
    public void process(@Element Long element) {
      world.writeStable(element, world.unpredictable());
      world.write(element, "seen");
    }
  }
}
