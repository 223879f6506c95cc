package dev.trestle.runner.harness;

import dev.trestle.translation.graph.Collection;
import java.io.Serializable;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.construction.Timer;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.jspecify.annotations.Nullable;

/** What a fake worker is told to do. The coders are Beam's own for the wire. */
record FakeTask(
    HarnessFn fn,
    Coder<WindowedValue<Object>> input,
    List<Coder<WindowedValue<Object>>> outputs,
    List<SideInput> sideInputs,
    Coder<BoundedWindow> windowCoder,
    @Nullable Coder<?> keyCoder)
    implements Serializable {

  /** How a side input is read. */
  record SideInput(Coder<?> coder, Coder<BoundedWindow> windowCoder) implements Serializable {}

  static FakeTask of(
      HarnessFn fn, Collection input, List<Collection> outputs, List<Collection> sideInputs) {
    return new FakeTask(
        fn,
        wire(input),
        outputs.stream().map(FakeTask::wire).toList(),
        sideInputs.stream().map(side -> new SideInput(side.coder(), side.windowCoder())).toList(),
        input.windowCoder(),
        input.coder() instanceof KvCoder<?, ?> pairs ? pairs.getKeyCoder() : null);
  }

  /** The coder of timers. */
  @SuppressWarnings("unchecked") // keys fit their coder
  Coder<Timer<Object>> timers() {
    return Timer.Coder.of((Coder<Object>) keyCoder, windowCoder);
  }

  @SuppressWarnings("unchecked") // elements of a collection fit its coder
  private static Coder<WindowedValue<Object>> wire(Collection collection) {
    return WindowedValues.getFullCoder(
        (Coder<Object>) collection.coder(), collection.windowCoder());
  }
}
