package dev.trestle.server.service;

import dev.trestle.server.jobs.Feed;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.ServerCallStreamObserver;

/**
 * Sends a feed to one client, as fast as that takes it: what waits is not kept here. It is woken by
 * the feed and by the connection; one thread at a time sends.
 */
final class FeedSender<T> {

  private final Feed<T> feed;
  private final ServerCallStreamObserver<T> client;
  private final Executor executor;

  /** The first is that of {@link #send}: nobody sends before it. */
  private final AtomicInteger wakes = new AtomicInteger(1);

  private final Runnable unregister;
  private long position;
  private boolean completed;

  private FeedSender(Feed<T> feed, ServerCallStreamObserver<T> client, Executor executor) {
    this.feed = feed;
    this.client = client;
    this.executor = executor;
    unregister = feed.onMore(this::wake);
  }

  /** Begins to send; has to be called by the thread that has accepted the call. */
  static <T> void send(Feed<T> feed, ServerCallStreamObserver<T> client, Executor executor) {
    FeedSender<T> sender = new FeedSender<>(feed, client, executor);
    client.setOnReadyHandler(sender::wake);
    client.setOnCancelHandler(sender.unregister);
    client.setOnCloseHandler(sender.unregister);
    executor.execute(sender::run);
  }

  private void wake() {
    if (wakes.getAndIncrement() == 0) {
      executor.execute(this::run);
    }
  }

  private void run() {
    int seen = wakes.get();
    while (seen > 0) {
      try {
        sendWhatThereIs();
      } catch (RuntimeException e) {
        completed = true;
        unregister.run();
        if (!client.isCancelled()) {
          client.onError(Answers.status(e));
        }
      }
      seen = wakes.addAndGet(-seen);
    }
  }

  private void sendWhatThereIs() {
    while (!completed && client.isReady() && !client.isCancelled()) {
      Feed.Part<T> part = feed.read(position);
      part.items().forEach(client::onNext);
      position = part.next();
      if (part.ended()) {
        completed = true;
        unregister.run();
        client.onCompleted();
      } else if (part.items().isEmpty()) {
        return;
      }
    }
  }
}
