package dev.trestle.runner.window;

import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.StatelessOperator;
import dev.trestle.runner.operator.Windows;
import dev.trestle.translation.graph.TransformName;
import java.util.Collection;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.util.UserCodeException;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** Asks the window fn about every element. */
final class AssignAnyWindows extends StatelessOperator {

  /** The question, reused for every element. */
  private static final class Context extends WindowFn<Object, BoundedWindow>.AssignContext {
    private final TransformName transform;
    private @Nullable Object value;
    private Instant timestamp = BoundedWindow.TIMESTAMP_MIN_VALUE;
    private Object windows = GlobalWindow.INSTANCE;

    Context(WindowFn<Object, BoundedWindow> windowFn, TransformName transform) {
      windowFn.super();
      this.transform = transform;
    }

    void set(@Nullable Object newValue, Instant newTimestamp, Object newWindows) {
      value = newValue;
      timestamp = newTimestamp;
      windows = newWindows;
    }

    @Override
    public @Nullable Object element() {
      return value;
    }

    @Override
    public Instant timestamp() {
      return timestamp;
    }

    @Override
    public BoundedWindow window() {
      Collection<? extends BoundedWindow> all = Windows.all(windows);
      if (all.size() != 1) {
        throw new IllegalArgumentException(
            "The window fn of "
                + transform.fullName()
                + " asks for the window of an element that is in "
                + all.size());
      }
      return all.iterator().next();
    }
  }

  private final WindowFn<Object, BoundedWindow> windowFn;
  private final Context context;
  private final Receiver output;

  AssignAnyWindows(
      WindowFn<Object, BoundedWindow> windowFn, TransformName transform, Receiver output) {
    this.windowFn = windowFn;
    this.output = output;
    context = new Context(windowFn, transform);
  }

  @Override
  public void accept(
      @Nullable Object value,
      Instant timestamp,
      Object windows,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    context.set(value, timestamp, windows);
    Collection<BoundedWindow> assigned = assign();
    if (!assigned.isEmpty()) {
      output.accept(value, timestamp, Windows.flat(assigned), pane, metadata);
    }
  }

  @SuppressWarnings("CatchingUnchecked") // whatever the author's code throws is the author's
  private Collection<BoundedWindow> assign() {
    try {
      return windowFn.assignWindows(context);
    } catch (Exception e) {
      throw UserCodeException.wrap(e);
    }
  }
}
