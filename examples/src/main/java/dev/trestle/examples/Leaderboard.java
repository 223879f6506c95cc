package dev.trestle.examples;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.StreamingOptions;
import org.apache.beam.sdk.options.Validation;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.PeriodicImpulse;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * The three best players of each team, window by window, while a game goes on. The game is made up:
 * an unbounded stream of plays that ends after {@code --events}.
 *
 * <pre>
 * --output=PREFIX [--events=N] [--intervalMillis=N] [--windowSeconds=N] [--earlySeconds=N]
 *                 [--start=INSTANT]
 * </pre>
 *
 * Scores are state, kept per team and window. A timer in event time publishes the window when it is
 * over, to files {@code PREFIX-...}; a timer in processing time shows the standing before that, on
 * standard output. A game that started long ago is made up at once, up to now.
 */
public final class Leaderboard {
  static final TupleTag<String> FINAL = new TupleTag<>("final") {};
  static final TupleTag<String> EARLY = new TupleTag<>("early") {};

  private static final List<String> TEAMS = List.of("amber", "cobalt", "jade", "ruby");
  private static final int PLAYERS_PER_TEAM = 7;
  private static final int SHOWN = 3;

  private Leaderboard() {}

  /** What can be chosen. */
  public interface Options extends StreamingOptions {
    @Description("Where the final standings go: files with this prefix.")
    @Validation.Required
    String getOutput();

    void setOutput(String output);

    @Description("How many plays there are.")
    @Default.Long(2000)
    long getEvents();

    void setEvents(long events);

    @Description("Time between two plays.")
    @Default.Long(5)
    long getIntervalMillis();

    void setIntervalMillis(long millis);

    @Description("Length of a window.")
    @Default.Long(2)
    long getWindowSeconds();

    void setWindowSeconds(long seconds);

    @Description("How long after a play the standing is shown at the latest.")
    @Default.Long(1)
    long getEarlySeconds();

    void setEarlySeconds(long seconds);

    @Description("When the game starts, such as 2024-05-01T12:00:00Z; 'now' by default.")
    @Default.String("now")
    String getStart();

    void setStart(String start);
  }

  /** One play: who scored how much, and for whom. */
  record Play(String team, String player, int points) {
    /** The play of a moment: the same whenever it is asked for. */
    static Play at(Instant moment) {
      SplittableRandom random = new SplittableRandom(moment.getMillis());
      String team = TEAMS.get(random.nextInt(TEAMS.size()));
      return new Play(team, team + "-" + random.nextInt(PLAYERS_PER_TEAM), 1 + random.nextInt(10));
    }
  }

  public static void main(String[] args) {
    Options options = PipelineOptionsFactory.fromArgs(args).withValidation().as(Options.class);
    build(options).run().waitUntilFinish();
  }

  /** Makes the pipeline. */
  public static Pipeline build(Options options) {
    options.setStreaming(true);
    Pipeline pipeline = Pipeline.create(options);
    Duration interval = Duration.millis(options.getIntervalMillis());
    Instant start =
        options.getStart().equals("now") ? Instant.now() : Instant.parse(options.getStart());
    PCollection<Instant> moments =
        pipeline.apply(
            "Moments",
            PeriodicImpulse.create()
                .startAt(start)
                .stopAt(start.plus(interval.multipliedBy(options.getEvents() - 1)))
                .withInterval(interval));
    PCollectionTuple standings = standings(moments, options);
    standings.get(EARLY).apply("Show", ParDo.of(new Show()));
    standings
        .get(FINAL)
        .apply(
            "Write", TextIO.write().to(options.getOutput()).withWindowedWrites().withNumShards(1));
    return pipeline;
  }

  private static PCollectionTuple standings(PCollection<Instant> moments, Options options) {
    return moments
        .apply("Play", ParDo.of(new MakePlay()))
        .setCoder(
            KvCoder.of(StringUtf8Coder.of(), KvCoder.of(StringUtf8Coder.of(), VarIntCoder.of())))
        .apply(
            "Window",
            Window.into(FixedWindows.of(Duration.standardSeconds(options.getWindowSeconds()))))
        .apply(
            "Best",
            ParDo.of(new BestPlayers(Duration.standardSeconds(options.getEarlySeconds())))
                .withOutputTags(FINAL, TupleTagList.of(EARLY)));
  }

  static final class MakePlay extends DoFn<Instant, KV<String, KV<String, Integer>>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(
        @Element Instant moment, OutputReceiver<KV<String, KV<String, Integer>>> plays) {
      Play play = Play.at(moment);
      plays.output(KV.of(play.team(), KV.of(play.player(), play.points())));
    }
  }

  /** Adds up points per team and window; see the class comment for when it speaks. */
  static final class BestPlayers extends DoFn<KV<String, KV<String, Integer>>, String> {
    private static final long serialVersionUID = 1L;

    private final Duration earlyAfter;

    @StateId("points")
    private final StateSpec<MapState<String, Integer>> pointsSpec =
        StateSpecs.map(StringUtf8Coder.of(), VarIntCoder.of());

    @StateId("earlySet")
    private final StateSpec<ValueState<Boolean>> earlySetSpec = StateSpecs.value();

    @TimerId("end")
    private final TimerSpec endSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @TimerId("early")
    private final TimerSpec earlySpec = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

    BestPlayers(Duration earlyAfter) {
      this.earlyAfter = earlyAfter;
    }

    @ProcessElement
    public void process(
        @Element KV<String, KV<String, Integer>> play,
        BoundedWindow window,
        @StateId("points") MapState<String, Integer> points,
        @StateId("earlySet") ValueState<Boolean> earlySet,
        @TimerId("end") Timer end,
        @TimerId("early") Timer early) {
      String player = play.getValue().getKey();
      int before = points.getOrDefault(player, 0).read();
      points.put(player, before + play.getValue().getValue());
      end.set(window.maxTimestamp());
      if (earlySet.read() == null) {
        early.offset(earlyAfter).setRelative();
        earlySet.write(true);
      }
    }

    @OnTimer("end")
    public void onEnd(
        @Key String team,
        IntervalWindow window,
        @StateId("points") MapState<String, Integer> points,
        MultiOutputReceiver out) {
      out.get(FINAL).output(standing(team, window, points));
    }

    @OnTimer("early")
    public void onEarly(
        @Key String team,
        IntervalWindow window,
        @StateId("points") MapState<String, Integer> points,
        @StateId("earlySet") ValueState<Boolean> earlySet,
        MultiOutputReceiver out) {
      out.get(EARLY).output(standing(team, window, points));
      earlySet.clear();
    }

    private static String standing(
        String team, IntervalWindow window, MapState<String, Integer> points) {
      List<Map.Entry<String, Integer>> players = new ArrayList<>();
      points.entries().read().forEach(players::add);
      players.sort(
          Comparator.comparing((Map.Entry<String, Integer> player) -> -player.getValue())
              .thenComparing(Map.Entry::getKey));
      return players.stream()
          .limit(SHOWN)
          .map(player -> player.getKey() + " " + player.getValue())
          .collect(Collectors.joining(", ", window.start() + " " + team + ": ", ""));
    }
  }

  static final class Show extends DoFn<String, Void> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element String standing) {
      System.out.println("so far " + standing);
    }
  }
}
