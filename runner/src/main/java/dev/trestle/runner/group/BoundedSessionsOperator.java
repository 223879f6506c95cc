package dev.trestle.runner.group;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.Receiver;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

/** Sessions are few and cheaply found: a key has the sessions so far, each with its aggregate. */
final class BoundedSessionsOperator extends BoundedKeysOperator {

  private static final int BYTES_PER_SESSION = 128;

  private long sessions;

  BoundedSessionsOperator(
      EdgeFormat format,
      Reduction reduction,
      GroupingRules rules,
      SessionMerging merging,
      Coder<BoundedWindow> windowCoder,
      Receiver output) {
    super(format, reduction, rules, merging, windowCoder, output);
  }

  @Override
  Object add(@Nullable Object ofKey, Batch batch, int index, BoundedWindow window) {
    ActiveWindows windows = ofKey instanceof ActiveWindows known ? known : new ActiveWindows();
    int before = windows.size();
    ActiveWindow session = merging.join(windows, window);
    sessions += windows.size() - before;
    merging.combineTime(session, batch.timestampMillis(index));
    session.aggregate = reduction.add(session.aggregate, batch, index);
    return windows;
  }

  @Override
  void sample(KeyTable table) {
    reduction.sample(table.size(), key -> windows(table.aggregate(key)).get(0).aggregate);
  }

  @Override
  long bytes() {
    return BYTES_PER_SESSION * sessions + reduction.bytes(sessions);
  }

  @Override
  void spill(@Nullable Object ofKey, SpilledWindows target) {
    ActiveWindows windows = windows(ofKey);
    for (int i = 0; i < windows.size(); i++) {
      target.add(windows.get(i));
    }
  }

  @Override
  ActiveWindows windows(@Nullable Object ofKey) {
    if (ofKey instanceof ActiveWindows windows) {
      return windows;
    }
    throw new IllegalStateException("A key without windows");
  }

  @Override
  void forget() {
    sessions = 0;
    reduction.forget();
  }
}
