package dev.trestle.runner.exchange;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

class RebalancingEdgeWriterTest {

  private final List<SingleWriterChannel> channels =
      List.of(
          new SingleWriterChannel(() -> {}, () -> {}), new SingleWriterChannel(() -> {}, () -> {}));

  @Test
  void aHundredElementsAreSpread() {
    write(100, Integer.MAX_VALUE);
    assertThat(elements(sizes(channels.get(0))), is(allOf(greaterThan(40), lessThan(60))));
    assertThat(elements(sizes(channels.get(1))), is(allOf(greaterThan(40), lessThan(60))));
  }

  @Test
  void manyElementsTravelInFullBatches() {
    write(100_000, Integer.MAX_VALUE);
    List<Integer> sizes = sizes(channels.get(0));
    sizes.addAll(sizes(channels.get(1)));
    assertThat(elements(sizes), is(100_000));
    int most = 2 * 100_000 / Batch.CAPACITY;
    assertThat(sizes.size(), is(lessThanOrEqualTo(most)));
  }

  @Test
  void noBatchIsLargerThanWanted() {
    write(1000, 3);
    assertThat(sizes(channels.get(0)).stream().mapToInt(i -> i).max().orElse(0), is(3));
  }

  @SuppressWarnings("unchecked") // elements fit their coder
  private void write(long elements, int mostInBatch) {
    EdgeFormat format =
        new EdgeFormat(null, (Coder<Object>) (Coder<?>) VarLongCoder.of(), false, false);
    RebalancingEdgeWriter writer =
        new RebalancingEdgeWriter(format, channels, channel -> {}, 0, mostInBatch);
    for (long i = 0; i < elements; i++) {
      writer.accept(i, Instant.EPOCH, GlobalWindow.INSTANCE, PaneInfo.NO_FIRING, null);
    }
    writer.flush();
  }

  private static List<Integer> sizes(SingleWriterChannel channel) {
    List<Integer> sizes = new ArrayList<>();
    for (StreamItem item = channel.poll(); item != null; item = channel.poll()) {
      sizes.add(((Batch) item).size());
    }
    return sizes;
  }

  private static int elements(List<Integer> sizes) {
    return sizes.stream().mapToInt(i -> i).sum();
  }
}
