package dev.trestle.runner.harness;

import dev.trestle.runner.operator.AsyncWork;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Slice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.BundleApplication;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.DelayedBundleApplication;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleSplitRequest.DesiredSplit;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleSplitResponse.ChannelSplit;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Duration;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Timestamp;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.util.Timestamps;
import org.jspecify.annotations.Nullable;

/**
 * The bundles of a step that processes restrictions. A restriction may take for ever, so a bundle
 * that has been out for a while is split: the worker gives back what it has not done, which holds
 * the watermark where the worker says, and goes on in a later bundle. A barrier does not wait that
 * long. Where nothing demands that, a task has one bundle, until another task of the stage has
 * none: then what waits goes to that one's worker, and when nothing waits, half of what is left of
 * the bundle does. Belongs to the task's owner.
 */
final class RestrictionBundles implements AsyncWork, Returns {

  /** In a bundle. Each is a share of the work: the more there are, the less goes side by side. */
  private static final int MOST_RESTRICTIONS = 100;

  /** How long after it has been refused a split is asked for again. */
  private static final long RETRY_MILLIS = 50;

  /** For how long a bundle that need not be interrupted is left alone before work is shared out. */
  private static final long SHARE_MILLIS = 500;

  private static final double HALF = 0.5;
  private static final long NEVER = Long.MAX_VALUE;

  /** What has been given to a bundle, and when to ask for it back. */
  private static final class Given {

    private List<RestrictionWork> works = new ArrayList<>();

    /** At which of the stage's {@link Places}. */
    private final int place;

    /** In milliseconds of processing time. */
    private long splitAt;

    /** Whether an answer is awaited. */
    private boolean asked;

    /** Whether the worker has been asked to end the bundle, and not to share it out. */
    private boolean interrupted;

    /**
     * What interruptions have left of restrictions that the worker had begun. It still has them
     * until the bundle ends: DoFns that keep a connection for each restriction rely on being alone
     * with it.
     */
    private final List<DelayedBundleApplication> residuals = new ArrayList<>();

    Given(int place, long splitAt) {
      this.place = place;
      this.splitAt = splitAt;
    }

    /** Whether a drain has left only this to be done: then it has of all. */
    boolean isTruncated() {
      return !works.isEmpty() && works.get(0).truncated();
    }
  }

  private final HarnessStep step;
  private final OperatorContext context;
  private final RestrictionBacklog backlog;
  private final Places places;
  private final long sliceMillis;
  private final ElementWire wire;
  private final Bundles bundles;
  private final Map<RemoteBundle, Given> given = new LinkedHashMap<>();

  /** To the workers of all places, as far as they have been needed. */
  private final @Nullable Connection[] connections;

  /** How many bundles are at the task's own place. */
  private int atOwnPlace;

  /** From when on places may be borrowed, in milliseconds of processing time. */
  private long borrowFrom;

  /**
   * None so far.
   *
   * @param sliceMillis after how long a bundle is to be interrupted; {@code Long.MAX_VALUE} for
   *     never
   */
  RestrictionBundles(
      HarnessStep step,
      OperatorContext context,
      Connection connection,
      StateAnswers answers,
      RestrictionBacklog backlog,
      Places places,
      long sliceMillis) {
    this.step = step;
    this.context = context;
    this.backlog = backlog;
    this.places = places;
    this.sliceMillis = sliceMillis;
    wire = new ElementWire(step.input());
    int most = shares() ? Integer.MAX_VALUE : step.mostBundles();
    bundles = new Bundles(step, context, connection, most, answers, this);
    connections = new Connection[places.count()];
    connections[context.taskIndex()] = connection;
  }

  /** Gives work to the worker, as far as it may have any. Returns whether there was any to give. */
  boolean give() {
    boolean any = false;
    while (!isFull()) {
      long now = context.clock().millis();
      RestrictionWork next = next(now);
      if (next == null) {
        return any;
      }
      any = true;
      int place = takePlace(now);
      RemoteBundle bundle = bundles.opened(connection(place), context.outputWatermark());
      Given its = new Given(place, now + (shares() ? SHARE_MILLIS : sliceMillis));
      given.put(bundle, its);
      while (next != null) {
        its.works.add(next);
        bundle.send(step.spec().inputPort(), next.element(), 1);
        next = its.works.size() < MOST_RESTRICTIONS ? next(now) : null;
      }
      bundles.flush();
    }
    return any;
  }

  private int takePlace(long now) {
    int own = context.taskIndex();
    int borrowed = atOwnPlace == 0 || !shares() ? -1 : places.borrow();
    if (borrowed >= 0) {
      return borrowed;
    }
    places.take(own);
    atOwnPlace++;
    borrowFrom = now + SHARE_MILLIS;
    return own;
  }

  private void leave(int place) {
    places.leave(place);
    if (place == context.taskIndex()) {
      atOwnPlace--;
    }
  }

  private Connection connection(int place) {
    Connection connection = connections[place];
    if (connection == null) {
      try {
        connection = step.connect(place, bundles.inbox());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new HarnessException(step.transform(), e);
      }
      connections[place] = connection;
    }
    return connection;
  }

  /** In a drain only what has been truncated goes on. */
  private @Nullable RestrictionWork next(long now) {
    return context.isDraining() && step.spec().truncation() != null
        ? backlog.pollTruncated()
        : backlog.poll(now);
  }

  @Override
  public void attend() {
    bundles.attend();
    long now = context.clock().millis();
    given.forEach(
        (bundle, its) -> {
          if (its.splitAt > now) {
            return;
          }
          if (!shares() || context.isDraining()) {
            ask(bundle, its, 0);
          } else if (isIdle(now)) {
            ask(bundle, its, HALF);
          } else {
            its.splitAt = now + SHARE_MILLIS;
          }
        });
  }

  /** Whether bundles are split only for more of them to go on side by side. */
  private boolean shares() {
    return sliceMillis == NEVER;
  }

  /** Whether workers could do more than there is to do. */
  private boolean isIdle(long now) {
    return !isFull() && backlog.nextWakeup() > now;
  }

  /**
   * Asks for a bundle to be split.
   *
   * @param fraction of what is left that the worker is to keep
   */
  private void ask(RemoteBundle bundle, Given its, double fraction) {
    if (!its.asked) {
      its.asked = true;
      its.interrupted = fraction == 0;
      DesiredSplit split =
          DesiredSplit.newBuilder()
              .setFractionOfRemainder(fraction)
              .setEstimatedInputElements(its.works.size())
              .build();
      bundle.worker().requestSplit(step.spec().inputPort(), split);
    }
  }

  @Override
  public void hasten() {
    given.forEach((bundle, its) -> ask(bundle, its, 0));
  }

  @Override
  public long nextAttention() {
    long least = bundles.nextAttention();
    for (Given its : given.values()) {
      least = Math.min(least, its.asked ? NEVER : its.splitAt);
    }
    return least;
  }

  @Override
  public void split(Arrival.Split split) {
    Given its = given.get(split.bundle());
    if (its == null) {
      throw new HarnessException(step.transform(), "its worker splits a bundle that has ended");
    }
    its.asked = false;
    boolean soon = !shares() || context.isDraining();
    its.splitAt = context.clock().millis() + (soon ? RETRY_MILLIS : SHARE_MILLIS);
    for (ChannelSplit channel : split.response().getChannelSplitsList()) {
      takeBackFrom((int) channel.getFirstResidualElement(), its);
    }
    if (its.interrupted) {
      its.residuals.addAll(split.response().getResidualRootsList());
    } else {
      takeBack(split.response().getResidualRootsList(), its);
    }
  }

  private void takeBackFrom(int first, Given its) {
    if (first < its.works.size()) {
      its.works.subList(first, its.works.size()).forEach(backlog::add);
      its.works = new ArrayList<>(its.works.subList(0, first));
    }
  }

  private void takeBack(List<DelayedBundleApplication> residuals, Given from) {
    for (DelayedBundleApplication residual : residuals) {
      BundleApplication application = residual.getApplication();
      if (!application.getTransformId().equals(step.spec().restrictions())) {
        throw new HarnessException(
            step.transform(), "its worker leaves work undone of " + application.getTransformId());
      }
      ByteString element = application.getElement();
      RestrictionWork work =
          new RestrictionWork(
              element, holdOf(application, from), wire.earliestEnd(element), from.isTruncated());
      long delay = millis(residual.getRequestedTimeDelay());
      if (delay <= 0 || context.isDraining()) {
        backlog.add(work);
      } else {
        backlog.addDelayed(work, context.clock().millis() + delay);
      }
    }
  }

  /** A worker that says nothing of a watermark leaves it where it was. */
  private static long holdOf(BundleApplication application, Given from) {
    long least = Long.MAX_VALUE;
    for (Timestamp watermark : application.getOutputWatermarksMap().values()) {
      least = Math.min(least, Timestamps.toMillis(watermark));
    }
    return least == Long.MAX_VALUE ? hold(from) : least;
  }

  private static long hold(Given of) {
    long least = Long.MAX_VALUE;
    for (RestrictionWork work : of.works) {
      least = Math.min(least, work.hold());
    }
    return least;
  }

  /** Rounded up: not before. */
  private static long millis(Duration delay) {
    return delay.getSeconds() * 1000 + (delay.getNanos() + 999_999) / 1_000_000;
  }

  @Override
  public void timers(Arrival.Timers timers) {
    throw new HarnessException(step.transform(), "its worker sets timers that nobody knows");
  }

  @Override
  public void done(Arrival.Done done) {
    Given its = given.remove(done.bundle());
    if (its != null) {
      leave(its.place);
      takeBack(its.residuals, its);
      takeBack(done.response().getResidualRootsList(), its);
    }
  }

  /** Asks for all that is out, to end it. */
  void drain() {
    hasten();
    backlog.resumeAll();
  }

  /** The least time that anything out may put out; {@code Long.MAX_VALUE} where nothing is. */
  long hold() {
    long least = Long.MAX_VALUE;
    for (Given its : given.values()) {
      least = Math.min(least, hold(its));
    }
    return least;
  }

  /** The least end of a window of anything out; {@code Long.MAX_VALUE} where nothing is. */
  long earliestWindowEnd() {
    long least = Long.MAX_VALUE;
    for (Given its : given.values()) {
      for (RestrictionWork work : its.works) {
        least = Math.min(least, work.windowEnd());
      }
    }
    return least;
  }

  @Override
  public boolean hasArrived() {
    return bundles.hasArrived();
  }

  @Override
  public void deliver(Slice slice) {
    bundles.deliver(slice);
  }

  @Override
  public boolean isFull() {
    return shares() ? atOwnPlace > 0 && !mayBorrow() : bundles.isFull();
  }

  private boolean mayBorrow() {
    return context.clock().millis() >= borrowFrom && step.mostBundles() > 1 && places.anyFree();
  }

  @Override
  public boolean isOut() {
    return bundles.isOut();
  }

  @Override
  public void rest() {}

  void abandon() {
    given.values().forEach(its -> leave(its.place));
    given.clear();
    bundles.abandon();
  }
}
