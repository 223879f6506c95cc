package dev.trestle.runner.harness;

import java.io.Serializable;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.construction.Timer;
import org.apache.beam.sdk.values.WindowedValue;

/** User code of another SDK, as far as tests need any. */
public interface HarnessFn extends Serializable {

  void process(WindowedValue<Object> element, HarnessCalls calls);

  /** A fn that has state or timers. */
  interface Keyed extends HarnessFn {

    /** A timer of the family fires; the calls are for its key and window. */
    void onTimer(String family, Timer<Object> timer, BoundedWindow window, HarnessCalls calls);
  }

  /** A splittable fn over offsets. */
  interface Splittable extends HarnessFn {

    /** Does one position of an element's restriction. */
    void process(WindowedValue<Object> element, long position, HarnessCalls calls);

    @Override
    default void process(WindowedValue<Object> element, HarnessCalls calls) {
      throw new AssertionError("An element comes with a restriction");
    }
  }
}
