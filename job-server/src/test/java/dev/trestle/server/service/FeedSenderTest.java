package dev.trestle.server.service;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;

import dev.trestle.server.jobs.Feed;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.ServerCallStreamObserver;
import org.junit.jupiter.api.Test;

class FeedSenderTest {

  /** Ends while somebody begins to wait for more. */
  private static final class EndingFeed implements Feed<String> {

    private boolean awaited;

    @Override
    public Part<String> read(long position) {
      return new Part<>(List.of("last"), 1, true);
    }

    @Override
    public Runnable onMore(Runnable wake) {
      awaited = true;
      wake.run();
      return () -> awaited = false;
    }
  }

  /** A client that is always ready. */
  private static final class Client extends ServerCallStreamObserver<String> {

    private final List<String> told = new ArrayList<>();

    @Override
    public void onNext(String item) {
      told.add(item);
    }

    @Override
    public void onCompleted() {
      told.add("end");
    }

    @Override
    public void onError(Throwable failure) {
      told.add(failure.toString());
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {}

    @Override
    public void setOnCloseHandler(Runnable handler) {}

    @Override
    public void setOnReadyHandler(Runnable handler) {}

    @Override
    public void setCompression(String compression) {}

    @Override
    public void disableAutoInboundFlowControl() {}

    @Override
    public void request(int count) {}

    @Override
    public void setMessageCompression(boolean enable) {}
  }

  @Test
  void feedThatEndsMeanwhileIsSentToItsEnd() {
    EndingFeed feed = new EndingFeed();
    Client client = new Client();

    FeedSender.send(feed, client, Runnable::run);

    assertThat(client.told, contains("last", "end"));
    assertThat(feed.awaited, is(false));
  }
}
