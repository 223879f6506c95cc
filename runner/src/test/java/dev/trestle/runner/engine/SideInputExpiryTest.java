package dev.trestle.runner.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.nullValue;

import dev.trestle.runner.checkpoint.RestoredJob;
import dev.trestle.runner.dofn.DoFnOperators;
import dev.trestle.runner.dofn.Gates;
import dev.trestle.runner.exchange.SingleWriterChannel;
import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.Operator;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.operator.SnapshotWriter;
import dev.trestle.runner.operator.WaitingOperator;
import dev.trestle.runner.sideinput.BroadcastInput;
import dev.trestle.runner.sideinput.ReadView;
import dev.trestle.runner.sideinput.ViewContents;
import dev.trestle.runner.sideinput.ViewLookup;
import dev.trestle.runner.sideinput.ViewPane;
import dev.trestle.state.memory.MemoryBudget;
import dev.trestle.state.spill.SpillDirectory;
import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.DoFnSpec;
import dev.trestle.translation.graph.Edge;
import dev.trestle.translation.graph.Node;
import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.graph.Stage;
import dev.trestle.translation.graph.Stage.Distribution;
import dev.trestle.translation.graph.Step;
import dev.trestle.translation.graph.TransformName;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.DoFnSchemaInformation;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job with many windows keeps the side inputs of those that are still read, and no others. */
final class SideInputExpiryTest {

  private static final int WINDOWS = 500;

  /** How far either input may run before the other, in windows. */
  private static final int LEAD = 3;

  private static final int LATE_WINDOWS = 2;
  private static final FixedWindows TENS = FixedWindows.of(Duration.millis(10));
  private static final Collection NUMBERS =
      new Collection(
          "numbers",
          VarIntCoder.of(),
          WindowingStrategy.of(TENS).withAllowedLateness(Duration.millis(10 * LATE_WINDOWS)),
          false);
  private static final Collection PANES =
      new Collection("panes", IterableCoder.of(VarIntCoder.of()), NUMBERS.windowing(), false);
  private static final PCollectionView<Integer> VIEW =
      Pipeline.create()
          .apply(Create.of(1))
          .apply(Window.<Integer>into(TENS))
          .apply(View.asSingleton());

  @TempDir Path directory;

  private int mainProgress;
  private int sideProgress;
  private int onTime;
  private int late;
  private int mostKept;

  /** Looks at every element, and at what is kept when it comes. */
  private final class Probe implements Operator {

    private @Nullable OperatorContext context;

    @Override
    public void open(OperatorContext operatorContext) {
      context = operatorContext;
    }

    @Override
    public void accept(
        @Nullable Object value,
        Instant timestamp,
        Object windows,
        PaneInfo pane,
        @Nullable Metadata metadata) {
      if (value instanceof Integer number && number == 0) {
        onTime++;
      } else {
        late++;
      }
      if (context != null && context.sideInputs() instanceof ViewLookup lookup) {
        mostKept = Math.max(mostKept, lookup.size());
      }
    }

    @Override
    public void startBundle() {}

    @Override
    public void finishBundle() {}

    @Override
    public void flush() {}

    @Override
    public void snapshot(SnapshotWriter out) {}

    @Override
    public long hold() {
      return Long.MAX_VALUE;
    }

    @Override
    public void close() {}
  }

  /**
   * Is given how late an element is, in windows; passes it on when its side input is the right one.
   */
  private static final class CheckFn extends DoFn<Integer, Integer> {
    @ProcessElement
    public void process(ProcessContext context, BoundedWindow window) {
      if (!window.equals(window(context.sideInput(VIEW)))) {
        throw new AssertionError(context.sideInput(VIEW) + " in " + window);
      }
      context.output(context.element());
    }
  }

  private static IntervalWindow window(int index) {
    return new IntervalWindow(Instant.ofEpochMilli(10L * index), Duration.millis(10));
  }

  @Test
  void contentsThatAreKeptStayFew() {
    for (int seed = 0; seed < 20; seed++) {
      mainProgress = 0;
      sideProgress = 0;
      onTime = 0;
      late = 0;
      mostKept = 0;
      @Nullable Throwable failure = run(new SimulatedScheduler(seed));
      assertThat("seed " + seed, failure, is(nullValue()));
      assertThat("seed " + seed, onTime, is(WINDOWS));
      // Those that are too late may be served as well, or not; those in time have to be.
      assertThat("seed " + seed, late, greaterThanOrEqualTo(WINDOWS - 1));
      assertThat("seed " + seed, late, lessThanOrEqualTo(2 * WINDOWS));
      assertThat("seed " + seed, mostKept, lessThanOrEqualTo(2 * LEAD + LATE_WINDOWS + 3));
    }
  }

  private @Nullable Throwable run(SimulatedScheduler scheduler) {
    Ending ending = new Ending();
    JobBuilder builder =
        new JobBuilder(
            graph(),
            new EngineSettings(1, 128, 100, 50_000_000, Long.MAX_VALUE, false, false),
            new JobResources(
                PipelineOptionsFactory.create(),
                new MemoryBudget(1 << 24),
                SpillDirectory.open(directory),
                new SharedRocks(1),
                scheduler,
                false),
            scheduler,
            RestoredJob.NONE);
    scheduler.start(builder.wiredTasks(ending, stage -> this::create));
    while (ending.left > 0 && scheduler.step()) {}
    assertThat(ending.left == 0 || ending.failure != null, is(true));
    return ending.failure;
  }

  private Operator create(Node node, List<Receiver> outputs) {
    Step step = node.step();
    if (step instanceof Step.ParDo && !outputs.isEmpty()) {
      return new DoFnOperators(new Gates(false))
          .create(step, null, outputs.toArray(new Receiver[0]));
    }
    if (step instanceof Step.ParDo) {
      return new Probe();
    }
    boolean isSide = step.transform().fullName().equals("Side");
    Receiver output = outputs.get(0);
    return isSide
        ? new StepwiseSource(
            WINDOWS, i -> i < mainProgress + LEAD, i -> pane(i, output), i -> 10L * i)
        : new StepwiseSource(
            WINDOWS, i -> i < sideProgress + LEAD, i -> elements(i, output), i -> 10L * i);
  }

  private void pane(int index, Receiver output) {
    sideProgress = index + 1;
    ViewContents contents = new ViewContents(List.of(index), VarIntCoder.of());
    output.accept(
        new ViewPane(window(index), contents),
        window(index).maxTimestamp(),
        window(index),
        PaneInfo.NO_FIRING,
        null);
  }

  private void elements(int index, Receiver output) {
    mainProgress = index + 1;
    for (int back : new int[] {0, 1, 20}) {
      if (back <= index) {
        output.accept(
            back, window(index - back).start(), window(index - back), PaneInfo.NO_FIRING, null);
      }
    }
  }

  @SuppressWarnings("deprecation") // the view's tag is meant for runners
  private static OperatorGraph graph() {
    String tag = VIEW.getTagInternal().getId();
    Node.SideInput sideInput = new Node.SideInput(tag, 0);
    Stage side =
        new Stage(
            0,
            "Side",
            Distribution.SINGLE,
            List.of(
                new Node(
                    0,
                    new Step.Empty(new TransformName("side", "Side")),
                    List.of(new Node.Output("out", NUMBERS, List.of(), List.of(0))),
                    List.of())),
            List.of());
    Stage main =
        new Stage(
            1,
            "Main",
            Distribution.SINGLE,
            List.of(
                new Node(
                    0,
                    new Step.Empty(new TransformName("main", "Main")),
                    List.of(new Node.Output("out", NUMBERS, List.of(1), List.of())),
                    List.of()),
                new Node(
                    1,
                    parDo("Check"),
                    List.of(new Node.Output("out", NUMBERS, List.of(2), List.of())),
                    List.of(sideInput)),
                new Node(2, parDo("Probe"), List.of(), List.of(sideInput))),
            List.of());
    return new OperatorGraph(
        List.of(side, main), List.of(new Edge(0, Edge.Kind.BROADCAST, 0, 1, PANES)));
  }

  @SuppressWarnings("deprecation") // the view's tag is meant for runners
  private static Step.ParDo parDo(String name) {
    return new Step.ParDo(
        new TransformName(name, name),
        NUMBERS,
        new DoFnSpec(
            new CheckFn(),
            List.of(new TupleTag<Integer>("out")),
            Map.of(),
            Map.of(VIEW.getTagInternal().getId(), VIEW),
            DoFnSchemaInformation.create()));
  }

  private static final class Ending implements TaskListener {

    private int left = 2;
    private @Nullable Throwable failure;

    @Override
    public void finished(Task task) {
      left--;
    }

    @Override
    public void barrierPassed(Task task, long barrier) {}

    @Override
    public void failed(Task task, Throwable cause) {
      failure = cause;
      left = 0;
    }
  }

  /** A restriction goes on in its element's window after the watermark has left that behind. */
  @Test
  @SuppressWarnings("unchecked") // the window fn made every window
  void contentsStayForWindowsInWhichSomethingIsStillToBeDone() {
    BroadcastInput input =
        new BroadcastInput((WindowingStrategy<?, BoundedWindow>) NUMBERS.windowing());
    ViewLookup lookup =
        ViewLookup.of(
            "Read", WindowingStrategy.of(TENS), List.of(ReadView.of(VIEW)), List.of(input));
    Restriction restriction = new Restriction();
    SideInputChannels channels =
        new SideInputChannels(
            List.of(
                new SideInputChannels.Inlet(
                    "numbers",
                    new SingleWriterChannel(() -> {}, () -> {}),
                    input,
                    NUMBERS.windowCoder())),
            List.of(restriction),
            false);
    for (int i = 0; i < 10; i++) {
      input.accept(new ViewPane(window(i), new ViewContents(List.of(i), VarIntCoder.of())));
    }
    restriction.windowEnd = window(4).maxTimestamp().getMillis();
    channels.dropBehind(1000);
    assertThat(lookup.size(), is(6));
    assertThat(lookup.get(VIEW, window(4)), is(4));
    restriction.windowEnd = Long.MAX_VALUE;
    channels.dropBehind(1001);
    assertThat(lookup.size(), is(0));
    assertThat(restriction.changes, is(2));
  }

  private static final class Restriction implements WaitingOperator {

    private long windowEnd;
    private int changes;

    @Override
    public void checkpointCommitted() {}

    @Override
    public void sideInputsChanged() {
      changes++;
    }

    @Override
    public boolean release(Slice slice) {
      return true;
    }

    @Override
    public boolean isWaiting() {
      return false;
    }

    @Override
    public long earliestWindowEnd() {
      return windowEnd;
    }
  }
}
