package dev.trestle.state.checkpoint;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.sameInstance;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.state.checkpoint.Transfers.Transfer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TransfersTest {

  @Test
  void oneAtATimeIsInThisThread() throws Exception {
    Set<Thread> threads = new HashSet<>();
    Transfer transfer = () -> threads.add(Thread.currentThread());
    Transfers.runAll(1, List.of(transfer, transfer, transfer));
    assertThat(threads, is(Set.of(Thread.currentThread())));
  }

  @Test
  void severalAreUnderWayAtATime() throws Exception {
    CyclicBarrier meeting = new CyclicBarrier(3);
    List<Transfer> transfers = Collections.nCopies(9, () -> awaitAt(meeting));
    Transfers.runAll(3, transfers);
    assertThat(meeting.isBroken(), is(false));
  }

  private static void awaitAt(CyclicBarrier meeting) throws IOException {
    try {
      meeting.await(50, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  @Test
  void failureOfOneGivesUpTheOthers() {
    IOException failure = new IOException("no");
    AtomicInteger begun = new AtomicInteger();
    AtomicInteger ended = new AtomicInteger();
    List<Transfer> transfers = new ArrayList<>();
    transfers.add(
        () -> {
          throw failure;
        });
    for (int i = 0; i < 100; i++) {
      transfers.add(
          () -> {
            begun.incrementAndGet();
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              throw new InterruptedIOException();
            } finally {
              ended.incrementAndGet();
            }
          });
    }
    IOException thrown = assertThrows(IOException.class, () -> Transfers.runAll(4, transfers));
    assertThat(thrown, sameInstance(failure));
    assertThat(begun.get(), lessThan(100));
    assertThat(ended.get(), is(begun.get()));
  }

  @Test
  void runtimeExceptionsComeAsTheyAre() {
    Transfer broken =
        () -> {
          throw new IllegalArgumentException("no");
        };
    assertThrows(
        IllegalArgumentException.class, () -> Transfers.runAll(2, List.of(broken, broken)));
  }

  @Test
  void interruptEndsThem() throws Exception {
    CountDownLatch running = new CountDownLatch(2);
    AtomicInteger ended = new AtomicInteger();
    Transfer stuck =
        () -> {
          running.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            ended.incrementAndGet();
            throw new InterruptedIOException();
          }
        };
    Thread caller = Thread.currentThread();
    Thread interrupter =
        new Thread(
            () -> {
              try {
                running.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              caller.interrupt();
            });
    interrupter.start();
    assertThrows(
        InterruptedIOException.class, () -> Transfers.runAll(2, List.of(stuck, stuck, stuck)));
    assertThat(Thread.interrupted(), is(true));
    assertThat(ended.get(), is(2));
    interrupter.join();
  }
}
