package dev.trestle.translation.wire;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.transforms.windowing.WindowMappingFn;
import org.jspecify.annotations.Nullable;

/**
 * Stands for a window fn that only an SDK can call. Its windows come with the elements: {@link
 * OpaqueWindow}s, or intervals where it makes such; nothing is ever assigned or mapped here, and
 * merged by a {@link Merger} only.
 */
public final class OpaqueWindowFn extends WindowFn<Object, BoundedWindow> {
  private static final long serialVersionUID = 1L;

  /** Asks the SDK which windows merge. */
  @FunctionalInterface
  public interface Merger {

    /**
     * Has windows merged. Blocks until the SDK has answered.
     *
     * @return what becomes one, by what it becomes
     */
    Map<BoundedWindow, List<BoundedWindow>> merge(Collection<BoundedWindow> windows);
  }

  private final String urn;
  private final boolean merges;
  private final Coder<BoundedWindow> windowCoder;

  /** No part of what the fn is: it is lost where the fn is serialized. */
  private final transient @Nullable Merger merger;

  /**
   * A window fn.
   *
   * @param urn what it is known by to its SDK
   * @param windowCoder of its windows, as they are on the wire
   */
  OpaqueWindowFn(String urn, boolean merges, Coder<BoundedWindow> windowCoder) {
    this(urn, merges, windowCoder, null);
  }

  private OpaqueWindowFn(
      String urn, boolean merges, Coder<BoundedWindow> windowCoder, @Nullable Merger merger) {
    this.urn = urn;
    this.merges = merges;
    this.windowCoder = windowCoder;
    this.merger = merger;
  }

  /** The same window fn, which can merge. */
  public OpaqueWindowFn mergedBy(Merger sdk) {
    return new OpaqueWindowFn(urn, merges, windowCoder, sdk);
  }

  @Override
  public Collection<BoundedWindow> assignWindows(AssignContext c) {
    throw new UnsupportedOperationException(this + " is called by its SDK alone");
  }

  @Override
  public void mergeWindows(MergeContext c) throws Exception {
    if (merger == null) {
      throw new UnsupportedOperationException(this + " is called by its SDK alone");
    }
    for (Map.Entry<BoundedWindow, List<BoundedWindow>> merge :
        merger.merge(c.windows()).entrySet()) {
      c.merge(merge.getValue(), merge.getKey());
    }
  }

  @Override
  public WindowMappingFn<BoundedWindow> getDefaultWindowMappingFn() {
    throw new UnsupportedOperationException(this + " is called by its SDK alone");
  }

  @Override
  public boolean isNonMerging() {
    return !merges;
  }

  @Override
  public boolean assignsToOneWindow() {
    return false;
  }

  @Override
  @Deprecated // but abstract
  public boolean isCompatible(WindowFn<?, ?> other) {
    return other instanceof OpaqueWindowFn that && windowCoder.equals(that.windowCoder);
  }

  @Override
  public Coder<BoundedWindow> windowCoder() {
    return windowCoder;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof OpaqueWindowFn that
        && urn.equals(that.urn)
        && merges == that.merges
        && windowCoder.equals(that.windowCoder);
  }

  @Override
  public int hashCode() {
    return urn.hashCode();
  }

  @Override
  public String toString() {
    return urn;
  }
}
