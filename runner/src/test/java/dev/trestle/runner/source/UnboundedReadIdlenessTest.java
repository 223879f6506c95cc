package dev.trestle.runner.source;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;

import dev.trestle.runner.operator.CollectingReceiver;
import dev.trestle.runner.operator.FakeOperatorContext;
import dev.trestle.runner.operator.Progress;
import dev.trestle.runner.operator.Slice;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.junit.jupiter.api.Test;

/** A task's splits of which some have nothing to read. */
class UnboundedReadIdlenessTest {

  private static final long START = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  private static final long END = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();

  private final FakeUnboundedSource source = new FakeUnboundedSource(2);
  private final FakeOperatorContext context = new FakeOperatorContext();
  private final CollectingReceiver output = new CollectingReceiver();

  private UnboundedReadOperator open(long idleMillis) throws Exception {
    UnboundedReadOperator read =
        new UnboundedReadOperator(source, new UnboundedSplits(source, 1), idleMillis, output);
    read.open(context);
    return read;
  }

  private Progress advanceAt(long now, UnboundedReadOperator read) {
    return advanceAt(now, read, 1000);
  }

  private Progress advanceAt(long now, UnboundedReadOperator read, int elements) {
    context.now = now;
    Slice slice = new Slice();
    slice.restart(elements, System.nanoTime() + 60_000_000_000L);
    return read.advance(slice);
  }

  @Test
  void emptySplitHoldsTheWatermarkUnlessAskedOtherwise() throws Exception {
    UnboundedReadOperator read = open(0);
    for (int i = 0; i < 10; i++) {
      source.split(0).add(i);
      advanceAt(1000L * i, read);
    }
    assertThat(read.watermark(), is(START));
    assertThat(read.isIdle(), is(false));
  }

  @Test
  void splitThatIsEmptyForLongEnoughHoldsNothing() throws Exception {
    UnboundedReadOperator read = open(100);
    source.split(0).add(7);
    advanceAt(0, read);
    source.split(0).add(8);
    advanceAt(99, read);
    assertThat(read.watermark(), is(START));
    source.split(0).add(9);
    advanceAt(100, read);
    assertThat(read.watermark(), is(9L));
    assertThat(read.isIdle(), is(false));
  }

  @Test
  void splitThatHasSomethingAgainHoldsAtOnce() throws Exception {
    UnboundedReadOperator read = open(100);
    source.split(0).add(50);
    advanceAt(0, read);
    source.split(0).add(51);
    advanceAt(100, read);
    source.split(0).add(60);
    source.split(1).add(10);
    advanceAt(101, read);
    assertThat(read.watermark(), is(51L)); // it stands still, and does not go back to 10
    source.split(1).add(55);
    advanceAt(102, read);
    assertThat(read.watermark(), is(55L));
  }

  @Test
  void splitThatNobodyLookedAtIsNotIdle() throws Exception {
    UnboundedReadOperator read = open(100);
    advanceAt(0, read);
    source.split(0).add(5);
    source.split(0).add(6);
    source.split(1).add(1);
    source.split(1).add(2);
    advanceAt(10_000, read, 1); // the slice ends before one of the two has its turn
    assertThat(read.isIdle(), is(false));
    assertThat(read.watermark(), is(2L));
    advanceAt(20_000, read);
    assertThat(output.values().size(), is(4));
  }

  @Test
  void whenAllAreIdleTheFurthestCountsWhicheverWasLast() throws Exception {
    UnboundedReadOperator read = open(100);
    source.split(0).add(10);
    source.split(1).add(20);
    advanceAt(0, read);
    advanceAt(1, read);
    advanceAt(100, read);
    assertThat(read.isIdle(), is(false));
    assertThat(read.watermark(), is(10L));
    advanceAt(101, read);
    assertThat(read.isIdle(), is(true));
    assertThat(read.watermark(), is(20L));
    source.split(0).add(11);
    assertThat(advanceAt(102, read), is(Progress.MADE));
    assertThat(read.isIdle(), is(false));
    assertThat(read.watermark(), is(20L));
    assertThat(output.values(), contains((Object) 20L, 10L, 11L));
  }

  @Test
  void idleSplitsComeToAnEnd() throws Exception {
    UnboundedReadOperator read = open(100);
    advanceAt(0, read);
    advanceAt(100, read);
    assertThat(read.isIdle(), is(true));
    source.split(0).end();
    assertThat(advanceAt(101, read), is(Progress.NONE));
    assertThat(read.isIdle(), is(true));
    assertThat(read.watermark(), is(START));
    source.split(1).end();
    assertThat(advanceAt(102, read), is(Progress.DONE));
    assertThat(read.isIdle(), is(false));
    assertThat(read.watermark(), is(END));
  }
}
