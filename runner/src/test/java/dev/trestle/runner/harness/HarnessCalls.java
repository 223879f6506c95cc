package dev.trestle.runner.harness;

import java.util.List;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Instant;

/** What a {@link HarnessFn} may do. */
public interface HarnessCalls {

  /** Puts out an element through the port of this number. */
  void output(int port, WindowedValue<?> element);

  /** The elements of the side input of this number for one of its windows. */
  List<Object> sideInput(int number, BoundedWindow window);

  /** The values of a key in the side input of this number for one of its windows. */
  List<Object> sideInput(int number, BoundedWindow window, Object key);

  /** The keys of the side input of this number for one of its windows. */
  List<Object> sideInputKeys(int number, BoundedWindow window);

  /** The values of a bag of the current key and window. */
  List<Long> bag(String name);

  void addToBag(String name, long value);

  void clearBag(String name);

  /** The values under a key of a map, of the current key and window. */
  List<Long> map(String name, long mapKey);

  List<Long> mapKeys(String name);

  void addToMap(String name, long mapKey, long value);

  void removeFromMap(String name, long mapKey);

  void clearMap(String name);

  /** Values with sort keys from {@code from} to before {@code to}, one after the other. */
  List<Long> sorted(String name, long from, long to);

  void addSorted(String name, long sortKey, long value);

  void removeSorted(String name, long from, long to);

  /** Sets a timer of the current key and window. */
  void setTimer(String family, String tag, Instant time, Instant outputTimestamp);

  void clearTimer(String family, String tag);
}
