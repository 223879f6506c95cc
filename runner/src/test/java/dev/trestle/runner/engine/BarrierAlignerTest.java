package dev.trestle.runner.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import org.junit.jupiter.api.Test;

final class BarrierAlignerTest {

  private final BarrierAligner aligner = new BarrierAligner(2);

  @Test
  void barrierIsAlignedWhenItHasComeThroughAllInputs() {
    aligner.arrive(0, 7);
    assertThat(aligner.isAligned(), is(false));
    assertThat(aligner.isBlocked(0), is(true));
    aligner.arrive(1, 7);
    assertThat(aligner.isAligned(), is(true));
    assertThat(aligner.release(), is(7L));
    assertThat(aligner.isBlocked(0), is(false));
  }

  @Test
  void inputThatHasEndedIsNotAwaited() {
    aligner.end(1);
    aligner.arrive(0, 7);
    assertThat(aligner.isAligned(), is(true));
  }

  @Test
  void barrierThatHasPassedIsNotAhead() {
    assertThat(aligner.isAhead(7), is(true));
    aligner.end(1);
    aligner.arrive(0, 7);
    aligner.release();
    aligner.end(0);
    assertThat(aligner.allEnded(), is(true));
    assertThat(aligner.isAhead(7), is(false));
    assertThat(aligner.isAhead(8), is(true));
  }

  @Test
  void barrierComesByRequestWhereNoInputBringsIt() {
    aligner.end(0);
    aligner.end(1);
    aligner.arriveByRequest(7);
    assertThat(aligner.isAligned(), is(true));
    assertThat(aligner.isAhead(7), is(false));
  }
}
