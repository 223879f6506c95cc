package dev.trestle.runner.harness;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateGetResponse;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

final class PagesTest {

  private static final String LONG = "x".repeat(Pages.PAGE_BYTES * 2 / 3);

  private final List<String> elements =
      new ArrayList<>(List.of(LONG + 0, LONG + 1, LONG + 2, LONG + 3, LONG + 4));

  private final Pages pages = Pages.of(elements, StringUtf8Coder.of());

  @Test
  void pagesHaveAllElements() throws IOException {
    ByteString all = ByteString.EMPTY;
    ByteString token = ByteString.EMPTY;
    int count = 0;
    do {
      StateGetResponse page = pages.page(token);
      all = all.concat(page.getData());
      token = page.getContinuationToken();
      count++;
    } while (!token.isEmpty());
    assertThat(count, greaterThan(2));
    assertThat(all, is(encoded(elements)));
  }

  @Test
  void aPageIsTheSameWhenItIsAskedForAgain() throws IOException {
    ByteString token = pages.page(ByteString.EMPTY).getContinuationToken();
    StateGetResponse second = pages.page(token);
    pages.page(second.getContinuationToken());
    assertThat(pages.page(token), is(second));
  }

  @Test
  void nothingFollowsWhatHasBeenRemoved() throws IOException {
    ByteString token = pages.page(ByteString.EMPTY).getContinuationToken();
    Pages now = Pages.of(List.of(), StringUtf8Coder.of());
    assertThat(now.page(token), is(StateGetResponse.getDefaultInstance()));
  }

  private static ByteString encoded(List<String> elements) throws IOException {
    ByteString.Output out = ByteString.newOutput();
    for (String element : elements) {
      StringUtf8Coder.of().encode(element, out);
    }
    return out.toByteString();
  }
}
