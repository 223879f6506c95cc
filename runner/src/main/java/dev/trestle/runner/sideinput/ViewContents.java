package dev.trestle.runner.sideinput;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.Materializations;
import org.apache.beam.sdk.transforms.Materializations.IterableView;
import org.apache.beam.sdk.transforms.Materializations.MultimapView;
import org.apache.beam.sdk.values.KV;
import org.jspecify.annotations.Nullable;

/**
 * What a side input holds for one window: immutable, shared by all tasks of the process that read
 * it. The index of a multimap is built by the first reader.
 */
public final class ViewContents {

  private final Iterable<Object> elements;
  private final Coder<?> coder;

  @GuardedBy("this")
  private @Nullable EncodedMultimap multimap;

  /**
   * Contents.
   *
   * @param elements may be iterated any number of times, by any thread
   * @param coder of the elements; a {@code KvCoder} where the view is a multimap
   */
  public ViewContents(Iterable<Object> elements, Coder<?> coder) {
    this.elements = elements;
    this.coder = coder;
  }

  /** Writes the elements, each behind a byte that says that there is one. */
  void write(OutputStream out) throws IOException {
    @SuppressWarnings("unchecked") // elements of a collection fit its coder
    Coder<Object> typed = (Coder<Object>) coder;
    for (Object element : elements) {
      out.write(1);
      typed.encode(element, out);
    }
    out.write(0);
  }

  static ViewContents read(InputStream in, Coder<?> coder) throws IOException {
    List<Object> elements = new ArrayList<>();
    while (in.read() == 1) {
      elements.add(coder.decode(in));
    }
    return new ViewContents(elements, coder);
  }

  /**
   * The primitive view for an access pattern.
   *
   * @param materialization its URN
   */
  Object primitiveView(String materialization) {
    return materialization.equals(Materializations.MULTIMAP_MATERIALIZATION_URN)
        ? multimap()
        : elements();
  }

  IterableView<Object> elements() {
    return () -> elements;
  }

  @SuppressWarnings("unchecked") // translation checks that a multimap's elements are KVs
  synchronized MultimapView<Object, Object> multimap() {
    if (multimap == null) {
      Coder<Object> keyCoder = ((KvCoder<Object, Object>) coder).getKeyCoder();
      multimap = new EncodedMultimap(keyCoder);
      for (Object element : elements) {
        KV<Object, Object> kv = (KV<Object, Object>) element;
        multimap.put(kv.getKey(), kv.getValue());
      }
    }
    return multimap;
  }
}
