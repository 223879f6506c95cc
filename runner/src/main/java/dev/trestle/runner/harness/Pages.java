package dev.trestle.runner.harness;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Iterator;
import java.util.function.Supplier;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateGetResponse;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/**
 * The elements of an answer, page by page. A page goes on behind the one before, or begins anew
 * where a worker asks again for one that it has had. Belongs to the task's owner.
 */
final class Pages {

  /** A page ends with the element that makes it so large; some SDKs take no more than 4 MB. */
  static final int PAGE_BYTES = 1 << 20;

  private final Supplier<Elements<?>> beginning;
  private Elements<?> rest;
  private long position;

  /** Writes an element. */
  interface Writer<T> {
    void write(T element, OutputStream out) throws IOException;
  }

  /** Elements that are still to be written. */
  private record Elements<T>(Iterator<? extends T> iterator, Writer<T> writer) {

    void writeNext(OutputStream out) throws IOException {
      writer.write(iterator.next(), out);
    }
  }

  /**
   * Pages.
   *
   * @param elements can be iterated any number of times, and are the same each time
   */
  <T> Pages(Iterable<? extends T> elements, Writer<T> writer) {
    beginning = () -> new Elements<>(elements.iterator(), writer);
    rest = beginning.get();
  }

  /** Pages of elements that fit a coder. */
  @SuppressWarnings("unchecked") // the coder is that of the elements
  static Pages of(Iterable<?> elements, Coder<?> coder) {
    return new Pages((Iterable<Object>) elements, ((Coder<Object>) coder)::encode);
  }

  /**
   * A page.
   *
   * @param token what the page before has said, empty for the first one
   */
  StateGetResponse page(ByteString token) throws IOException {
    goTo(token.isEmpty() ? 0 : Long.parseLong(token.toStringUtf8()));
    ByteString.Output page = ByteString.newOutput();
    while (rest.iterator.hasNext() && page.size() < PAGE_BYTES) {
      rest.writeNext(page);
      position++;
    }
    StateGetResponse.Builder response = StateGetResponse.newBuilder().setData(page.toByteString());
    if (rest.iterator.hasNext()) {
      response.setContinuationToken(ByteString.copyFromUtf8(Long.toString(position)));
    }
    return response.build();
  }

  /** Elements may have been removed since: there are none behind the end then. */
  private void goTo(long wanted) {
    if (wanted < position) {
      rest = beginning.get();
      position = 0;
    }
    for (; position < wanted && rest.iterator.hasNext(); position++) {
      rest.iterator.next();
    }
  }
}
