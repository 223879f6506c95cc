package dev.trestle.runner.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.OrderedListRange;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateKey;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.LengthPrefixCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.util.construction.Timer;
import org.apache.beam.sdk.values.CausedByDrain;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a fn may do in a fake bundle, for a key and window. */
final class FakeCalls implements HarnessCalls {

  /** Sort key and value of an ordered list. */
  private static final Coder<KV<Long, Long>> SORTED =
      KvCoder.of(VarLongCoder.of(), LengthPrefixCoder.of(VarLongCoder.of()));

  private final FakeBundle bundle;
  private final FakeTask task;

  private final @Nullable Object key;
  private final BoundedWindow window;

  FakeCalls(FakeBundle bundle, FakeTask task, @Nullable Object key, BoundedWindow window) {
    this.bundle = bundle;
    this.task = task;
    this.key = key;
    this.window = window;
  }

  private ByteString encodedKey() {
    return encoded(task.keyCoder(), key);
  }

  private ByteString encodedWindow() {
    return encoded(task.windowCoder(), window);
  }

  private StateKey bagKey(String name) {
    return StateKey.newBuilder()
        .setBagUserState(
            StateKey.BagUserState.newBuilder()
                .setTransformId(Harnessed.FN)
                .setUserStateId(name)
                .setWindow(encodedWindow())
                .setKey(encodedKey()))
        .build();
  }

  private StateKey mapKey(String name, long of) {
    return StateKey.newBuilder()
        .setMultimapUserState(
            StateKey.MultimapUserState.newBuilder()
                .setTransformId(Harnessed.FN)
                .setUserStateId(name)
                .setWindow(encodedWindow())
                .setKey(encodedKey())
                .setMapKey(encoded(VarLongCoder.of(), of)))
        .build();
  }

  private StateKey mapKeysKey(String name) {
    return StateKey.newBuilder()
        .setMultimapKeysUserState(
            StateKey.MultimapKeysUserState.newBuilder()
                .setTransformId(Harnessed.FN)
                .setUserStateId(name)
                .setWindow(encodedWindow())
                .setKey(encodedKey()))
        .build();
  }

  private StateKey sortedKey(String name, long from, long to) {
    return StateKey.newBuilder()
        .setOrderedListUserState(
            StateKey.OrderedListUserState.newBuilder()
                .setTransformId(Harnessed.FN)
                .setUserStateId(name)
                .setWindow(encodedWindow())
                .setKey(encodedKey())
                .setRange(OrderedListRange.newBuilder().setStart(from).setEnd(to)))
        .build();
  }

  @Override
  public List<Long> bag(String name) {
    return longs(decoded(VarLongCoder.of(), bundle.get(bagKey(name))));
  }

  @Override
  public void addToBag(String name, long value) {
    bundle.append(bagKey(name), encoded(VarLongCoder.of(), value));
  }

  @Override
  public void clearBag(String name) {
    bundle.clear(bagKey(name));
  }

  @Override
  public List<Long> map(String name, long of) {
    return longs(decoded(VarLongCoder.of(), bundle.get(mapKey(name, of))));
  }

  @Override
  public List<Long> mapKeys(String name) {
    return longs(decoded(VarLongCoder.of(), bundle.get(mapKeysKey(name))));
  }

  @Override
  public void addToMap(String name, long of, long value) {
    bundle.append(mapKey(name, of), encoded(VarLongCoder.of(), value));
  }

  @Override
  public void removeFromMap(String name, long of) {
    bundle.clear(mapKey(name, of));
  }

  @Override
  public void clearMap(String name) {
    bundle.clear(mapKeysKey(name));
  }

  @Override
  public List<Long> sorted(String name, long from, long to) {
    List<Long> values = new ArrayList<>();
    for (Object each : decoded(SORTED, bundle.get(sortedKey(name, from, to)))) {
      values.add((Long) ((KV<?, ?>) each).getKey());
      values.add((Long) ((KV<?, ?>) each).getValue());
    }
    return values;
  }

  @Override
  public void addSorted(String name, long sortKey, long value) {
    bundle.append(
        sortedKey(name, Long.MIN_VALUE, Long.MAX_VALUE), encoded(SORTED, KV.of(sortKey, value)));
  }

  @Override
  public void removeSorted(String name, long from, long to) {
    bundle.clear(sortedKey(name, from, to));
  }

  @Override
  public void setTimer(String family, String tag, Instant time, Instant outputTimestamp) {
    put(
        family,
        Timer.of(
            key,
            tag,
            List.of(window),
            time,
            outputTimestamp,
            PaneInfo.NO_FIRING,
            CausedByDrain.NORMAL));
  }

  @Override
  public void clearTimer(String family, String tag) {
    put(family, Timer.cleared(key, tag, List.of(window)));
  }

  private void put(String family, Timer<Object> timer) {
    try {
      task.timers().encode(timer, bundle.timers(family));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  @SuppressWarnings("unchecked") // as the fn has it
  public void output(int port, WindowedValue<?> element) {
    try {
      task.outputs().get(port).encode((WindowedValue<Object>) element, bundle.output(port));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<Object> sideInput(int number, BoundedWindow window) {
    FakeTask.SideInput side = task.sideInputs().get(number);
    StateKey.IterableSideInput key =
        StateKey.IterableSideInput.newBuilder()
            .setTransformId(Harnessed.FN)
            .setSideInputId(Harnessed.side(number))
            .setWindow(encoded(side.windowCoder(), window))
            .build();
    return decoded(
        side.coder(), bundle.get(StateKey.newBuilder().setIterableSideInput(key).build()));
  }

  @Override
  public List<Object> sideInput(int number, BoundedWindow window, Object wanted) {
    FakeTask.SideInput side = task.sideInputs().get(number);
    KvCoder<?, ?> coder = (KvCoder<?, ?>) side.coder();
    StateKey.MultimapSideInput key =
        StateKey.MultimapSideInput.newBuilder()
            .setTransformId(Harnessed.FN)
            .setSideInputId(Harnessed.side(number))
            .setWindow(encoded(side.windowCoder(), window))
            .setKey(encoded(coder.getKeyCoder(), wanted))
            .build();
    return decoded(
        coder.getValueCoder(), bundle.get(StateKey.newBuilder().setMultimapSideInput(key).build()));
  }

  @Override
  public List<Object> sideInputKeys(int number, BoundedWindow window) {
    FakeTask.SideInput side = task.sideInputs().get(number);
    StateKey.MultimapKeysSideInput key =
        StateKey.MultimapKeysSideInput.newBuilder()
            .setTransformId(Harnessed.FN)
            .setSideInputId(Harnessed.side(number))
            .setWindow(encoded(side.windowCoder(), window))
            .build();
    return decoded(
        ((KvCoder<?, ?>) side.coder()).getKeyCoder(),
        bundle.get(StateKey.newBuilder().setMultimapKeysSideInput(key).build()));
  }

  @SuppressWarnings("unchecked") // the value fits its coder
  static ByteString encoded(Coder<?> coder, Object value) {
    ByteString.Output out = ByteString.newOutput();
    try {
      ((Coder<Object>) coder).encode(value, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteString();
  }

  private static List<Object> decoded(Coder<?> coder, ByteString bytes) {
    List<Object> values = new ArrayList<>();
    try {
      InputStream in = bytes.newInput();
      while (in.available() > 0) {
        values.add(coder.decode(in));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return values;
  }

  private static List<Long> longs(List<Object> values) {
    return values.stream().map(value -> (Long) value).toList();
  }
}
