package dev.trestle.runner.keyed;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.emptyIterable;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.iterableWithSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.sameInstance;

import dev.trestle.runner.operator.FakeOperatorContext;
import dev.trestle.state.table.GrowingList;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.CombiningState;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.MultimapState;
import org.apache.beam.sdk.state.OrderedListState;
import org.apache.beam.sdk.state.ReadableState;
import org.apache.beam.sdk.state.SetState;
import org.apache.beam.sdk.state.StateContext;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.state.WatermarkHoldState;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.transforms.CombineWithContext.CombineFnWithContext;
import org.apache.beam.sdk.transforms.CombineWithContext.Context;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TimestampedValue;
import org.hamcrest.FeatureMatcher;
import org.hamcrest.Matcher;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KeyedStateTest extends KeyedFixture {

  KeyedStateTest() {
    super(new FakeOperatorContext());
  }

  private static final StringUtf8Coder STRINGS = StringUtf8Coder.of();

  private static final StateTag<ValueState<String>> VALUE = StateTags.value("value", STRINGS);
  private static final StateTag<BagState<String>> BAG = StateTags.bag("bag", STRINGS);
  private static final StateTag<SetState<byte[]>> SET = StateTags.set("set", ByteArrayCoder.of());
  private static final StateTag<MapState<byte[], String>> MAP =
      StateTags.map("map", ByteArrayCoder.of(), NullableCoder.of(STRINGS));
  private static final StateTag<MultimapState<byte[], String>> MULTIMAP =
      StateTags.multimap("multimap", ByteArrayCoder.of(), STRINGS);
  private static final StateTag<OrderedListState<String>> LIST =
      StateTags.orderedList("list", STRINGS);
  private static final StateTag<CombiningState<Integer, int[], Integer>> SUM =
      StateTags.combiningValueFromInputInternal("sum", VarIntCoder.of(), Sum.ofIntegers());
  private static final StateTag<WatermarkHoldState> HOLD =
      StateTags.watermarkStateInternal("hold", TimestampCombiner.EARLIEST);

  @BeforeEach
  void anyKey() {
    key("key");
  }

  @Test
  void keyIsDecodedOnce() {
    assertThat(keyed.key(), is("key"));
    keyed.state().state(GLOBAL, VALUE).write("x");
    Object decoded = keyed.key();
    key("key");
    assertThat(keyed.key(), sameInstance(decoded));
    key("other");
    assertThat(keyed.state().getKey(), is("other"));
  }

  @Test
  void stateBelongsToKeyAndWindow() {
    keyed.state().state(in(0), VALUE).write("key, 0");
    keyed.state().state(in(10), VALUE).write("key, 10");
    keyed.state().state(GLOBAL, VALUE).write("global");
    key("other");
    assertThat(keyed.state().state(in(0), VALUE).read(), is(nullValue()));
    keyed.state().state(in(0), VALUE).write("other, 0");
    key("key");
    assertThat(keyed.state().state(in(0), VALUE).read(), is("key, 0"));
    assertThat(keyed.state().state(in(10), VALUE).read(), is("key, 10"));
    assertThat(keyed.state().state(GLOBAL, VALUE).read(), is("global"));
  }

  @Test
  void triggersOfAWindowAreApartAndDroppedWithIt() {
    var trigger0 = StateNamespaces.windowAndTrigger(IntervalWindow.getCoder(), window(0), 0);
    var trigger1 = StateNamespaces.windowAndTrigger(IntervalWindow.getCoder(), window(0), 1);
    keyed.state().state(trigger0, VALUE).write("0");
    keyed.state().state(trigger1, VALUE).write("1");
    assertThat(keyed.state().state(trigger0, VALUE).read(), is("0"));
    assertThat(keyed.state().state(in(0), VALUE).read(), is(nullValue()));
    keyed.clearWindow(window(0));
    assertThat(keyed.state().state(trigger1, VALUE).read(), is(nullValue()));
    assertThat(rows(), is(0));
  }

  @Test
  void systemTagsAreApartFromTheUsers() {
    keyed.state().state(GLOBAL, VALUE).write("user's");
    StateTag<ValueState<String>> system = StateTags.makeSystemTagInternal(VALUE);
    assertThat(keyed.state().state(GLOBAL, system).read(), is(nullValue()));
  }

  @Test
  void tagMadeAnewFindsItsCell() {
    keyed.state().state(GLOBAL, VALUE).write("x");
    StateTag<ValueState<String>> again = StateTags.value("value", STRINGS);
    assertThat(keyed.state().state(GLOBAL, again).read(), is("x"));
  }

  @Test
  void stateObjectServesAsLongAsTheWindowStaysTheSame() {
    ValueState<String> state = keyed.state().state(in(0), VALUE);
    key("other");
    assertThat(keyed.state().state(in(0), VALUE), sameInstance(state));
    assertThat(keyed.state().state(in(10), VALUE), not(sameInstance(state)));
  }

  @Test
  void value() {
    ValueState<String> value = keyed.state().state(GLOBAL, VALUE);
    assertThat(value.read(), is(nullValue()));
    value.write("x");
    assertThat(value.readLater().read(), is("x"));
    value.write(null);
    assertThat(value.read(), is(nullValue()));
    assertThat(rows(), is(0));
    value.write("y");
    value.clear();
    assertThat(value.read(), is(nullValue()));
  }

  @Test
  void bagReadsStayAsTheyWere() {
    BagState<String> bag = keyed.state().state(GLOBAL, BAG);
    ReadableState<Boolean> isEmpty = bag.isEmpty();
    assertThat(isEmpty.read(), is(true));
    List<String> added = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Iterable<String> before = bag.read();
      bag.add("item " + i);
      assertThat(before, iterableWithSize(i));
      added.add("item " + i);
    }
    assertThat(isEmpty.read(), is(false));
    Iterable<String> full = bag.read();
    bag.clear();
    bag.add("new");
    assertThat(full, is(added));
    assertThat(bag.read(), contains("new"));
  }

  @Test
  void bagCanBeAddedToWhileItIsRead() {
    BagState<String> bag = keyed.state().state(GLOBAL, BAG);
    bag.add("a");
    bag.add("b");
    for (String item : bag.read()) {
      bag.add(item + item);
    }
    assertThat(bag.read(), contains("a", "b", "aa", "bb"));
  }

  /** Else merging windows, which clears what it has merged from, would clear the result as well. */
  @Test
  void aBagOrSetThatIsAskedForAgainEqualsItself() {
    BagState<String> bag = keyed.state().state(GLOBAL, BAG);
    SetState<byte[]> set = keyed.state().state(GLOBAL, SET);
    var other = StateNamespaces.window(IntervalWindow.getCoder(), window(0));
    assertThat(keyed.state().state(other, BAG), is(not(bag)));
    assertThat(keyed.state().state(other, SET), is(not(set)));
    assertThat(keyed.state().state(GLOBAL, BAG), is(bag));
    assertThat(keyed.state().state(GLOBAL, SET), is(set));
  }

  @Test
  void setComparesByStructure() {
    SetState<byte[]> set = keyed.state().state(GLOBAL, SET);
    assertThat(set.addIfAbsent(bytes("a")).read(), is(true));
    assertThat(set.addIfAbsent(bytes("a")).read(), is(false));
    set.add(bytes("b"));
    set.add(bytes("b"));
    ReadableState<Boolean> contains = set.contains(bytes("b"));
    Iterable<byte[]> before = set.read();
    assertThat(contains.read(), is(true));
    set.remove(bytes("b"));
    assertThat(contains.read(), is(false));
    assertThat(before, containsInAnyOrder(bytes("a"), bytes("b")));
    assertThat(set.read(), contains(bytes("a")));
    set.clear();
    assertThat(set.isEmpty().read(), is(true));
    assertThat(rows(), is(0));
  }

  @Test
  void mapComparesByStructure() {
    MapState<byte[], String> map = keyed.state().state(GLOBAL, MAP);
    assertThat(map.isEmpty().read(), is(true));
    map.put(bytes("a"), "1");
    map.put(bytes("a"), "2");
    map.put(bytes("b"), "3");
    assertThat(map.get(bytes("a")).read(), is("2"));
    assertThat(map.keys().read(), containsInAnyOrder(bytes("a"), bytes("b")));
    assertThat(map.values().read(), containsInAnyOrder("2", "3"));
    map.remove(bytes("a"));
    assertThat(map.get(bytes("a")).read(), is(nullValue()));
    assertThat(map.getOrDefault(bytes("a"), "default").read(), is("default"));
    map.clear();
    assertThat(map.entries().read(), emptyIterable());
  }

  @Test
  void mapReadsStayAsTheyWere() {
    MapState<byte[], String> map = keyed.state().state(GLOBAL, MAP);
    map.put(bytes("a"), "1");
    Iterable<Map.Entry<byte[], String>> entries = map.entries().read();
    Iterable<byte[]> keys = map.keys().read();
    map.put(bytes("a"), "2");
    map.put(bytes("b"), "3");
    assertThat(keys, iterableWithSize(1));
    assertThat(entries.iterator().next().getValue(), is("1"));
    map.clear();
    assertThat(entries, iterableWithSize(1));
  }

  @Test
  void computeIfAbsentTellsWhatWasThereBefore() {
    MapState<byte[], String> map = keyed.state().state(GLOBAL, MAP);
    assertThat(map.computeIfAbsent(bytes("a"), k -> "computed").read(), is(nullValue()));
    assertThat(map.get(bytes("a")).read(), is("computed"));
    assertThat(map.putIfAbsent(bytes("a"), "again").read(), is("computed"));
    map.put(bytes("a"), null);
    assertThat(map.getOrDefault(bytes("a"), "default").read(), is(nullValue()));
    assertThat(map.putIfAbsent(bytes("a"), "for null").read(), is(nullValue()));
    assertThat(map.get(bytes("a")).read(), is("for null"));
  }

  @Test
  void multimap() {
    MultimapState<byte[], String> multimap = keyed.state().state(GLOBAL, MULTIMAP);
    multimap.put(bytes("a"), "1");
    multimap.put(bytes("a"), "1");
    multimap.put(bytes("b"), "2");
    Iterable<String> before = multimap.get(bytes("a")).read();
    multimap.put(bytes("a"), "3");
    assertThat(before, contains("1", "1"));
    assertThat(multimap.get(bytes("a")).read(), contains("1", "1", "3"));
    assertThat(multimap.get(bytes("x")).read(), emptyIterable());
    assertThat(multimap.keys().read(), containsInAnyOrder(bytes("a"), bytes("b")));
    assertThat(multimap.entries().read(), iterableWithSize(4));
    assertThat(multimap.containsKey(bytes("a")).read(), is(true));
    multimap.remove(bytes("a"));
    assertThat(multimap.containsKey(bytes("a")).read(), is(false));
    multimap.remove(bytes("b"));
    assertThat(multimap.isEmpty().read(), is(true));
    assertThat(rows(), is(0));
  }

  @Test
  void orderedList() {
    OrderedListState<String> list = keyed.state().state(GLOBAL, LIST);
    list.add(TimestampedValue.of("c", at(3)));
    list.add(TimestampedValue.of("a", at(1)));
    list.add(TimestampedValue.of("b1", at(2)));
    list.add(TimestampedValue.of("b2", at(2)));
    Iterable<TimestampedValue<String>> all = list.read();
    assertThat(list.readRange(at(1), at(3)), iterableWithSize(3));
    list.clearRange(at(2), at(3));
    list.add(TimestampedValue.of("d", at(4)));
    assertThat(all, hasValues("a", "b1", "b2", "c"));
    assertThat(list.read(), hasValues("a", "c", "d"));
    list.clearRange(at(0), at(9));
    assertThat(list.isEmpty().read(), is(true));
    assertThat(rows(), is(0));
  }

  private static Matcher<Iterable<? extends TimestampedValue<String>>> hasValues(String... values) {
    return new FeatureMatcher<>(contains(values), "values", "values") {
      @Override
      protected Iterable<String> featureValueOf(
          Iterable<? extends TimestampedValue<String>> actual) {
        List<String> found = new ArrayList<>();
        actual.forEach(value -> found.add(value.getValue()));
        return found;
      }
    };
  }

  @Test
  void combining() {
    CombiningState<Integer, int[], Integer> sum = keyed.state().state(GLOBAL, SUM);
    assertThat(sum.read(), is(0));
    assertThat(sum.isEmpty().read(), is(true));
    sum.add(3);
    sum.add(4);
    assertThat(sum.getAccum(), is(new int[] {7}));
    sum.addAccum(new int[] {10});
    assertThat(sum.read(), is(17));
    assertThat(sum.mergeAccumulators(List.of(new int[] {1}, new int[] {2})), is(new int[] {3}));
    sum.clear();
    assertThat(sum.isEmpty().read(), is(true));
    assertThat(sum.getAccum(), is(new int[] {0}));
    sum.addAccum(new int[] {5});
    assertThat(sum.read(), is(5));
  }

  @Test
  void combiningOutputThatIsTheAccumulatorStaysAsItWas() {
    var tag = StateTags.combiningValueFromInputInternal("list", STRINGS, new Collect());
    CombiningState<String, List<String>, Iterable<String>> state = keyed.state().state(GLOBAL, tag);
    state.add("a");
    Iterable<String> read = state.read();
    state.add("b");
    assertThat(read, contains("a"));
    assertThat(state.read(), contains("a", "b"));
  }

  /** Gives out its accumulator. */
  private static final class Collect extends CombineFn<String, List<String>, Iterable<String>> {
    @Override
    public List<String> createAccumulator() {
      return new ArrayList<>();
    }

    @Override
    public List<String> addInput(List<String> accumulator, String input) {
      accumulator.add(input);
      return accumulator;
    }

    @Override
    public List<String> mergeAccumulators(Iterable<List<String>> accumulators) {
      Iterator<List<String>> all = accumulators.iterator();
      List<String> first = all.next();
      all.forEachRemaining(first::addAll);
      return first;
    }

    @Override
    public Iterable<String> extractOutput(List<String> accumulator) {
      return accumulator;
    }

    @Override
    public Coder<List<String>> getAccumulatorCoder(
        CoderRegistry registry, Coder<String> inputCoder) {
      return ListCoder.of(inputCoder);
    }
  }

  @Test
  void combiningWithContextSeesTheContextOfItsAccess() {
    var tag =
        StateTags.combiningValueWithContext("named", NullableCoder.of(STRINGS), new AppendJob());
    CombiningState<String, String, String> first = keyed.state().state(GLOBAL, tag, context("one"));
    first.add("a");
    keyed.state().state(GLOBAL, tag, context("two")).add("b");
    assertThat(keyed.state().state(GLOBAL, tag, context("three")).read(), is("a@one b@two "));
  }

  /** Appends the job's name to each element; its empty accumulator is null. */
  private static final class AppendJob extends CombineFnWithContext<String, String, String> {
    @Override
    public String createAccumulator(Context context) {
      return null;
    }

    @Override
    public String addInput(String accumulator, String input, Context context) {
      String job = context.getPipelineOptions().getJobName();
      return (accumulator == null ? "" : accumulator) + input + "@" + job + " ";
    }

    @Override
    public String mergeAccumulators(Iterable<String> accumulators, Context context) {
      StringBuilder merged = new StringBuilder();
      accumulators.forEach(accumulator -> merged.append(accumulator == null ? "" : accumulator));
      return merged.toString();
    }

    @Override
    public String extractOutput(String accumulator, Context context) {
      return accumulator;
    }
  }

  private static StateContext<BoundedWindow> context(String jobName) {
    PipelineOptions options = PipelineOptionsFactory.create();
    options.setJobName(jobName);
    return new StateContext<>() {
      @Override
      public PipelineOptions getPipelineOptions() {
        return options;
      }

      @Override
      public <T> T sideInput(PCollectionView<T> view) {
        throw new UnsupportedOperationException();
      }

      @Override
      public BoundedWindow window() {
        return GlobalWindow.INSTANCE;
      }
    };
  }

  @Test
  void holdsOfAllKeysCount() {
    assertThat(keyed.hold(), is(Long.MAX_VALUE));
    WatermarkHoldState hold = keyed.state().state(in(0), HOLD);
    hold.add(at(7));
    hold.add(at(5));
    hold.add(at(9));
    assertThat(hold.read(), is(at(5)));
    assertThat(hold.getTimestampCombiner(), is(TimestampCombiner.EARLIEST));
    key("other");
    keyed.state().state(in(0), HOLD).add(at(3));
    keyed.state().state(in(10), HOLD).add(at(12));
    assertThat(keyed.hold(), is(3L));
    keyed.state().state(in(0), HOLD).clear();
    assertThat(keyed.state().state(in(0), HOLD).isEmpty().read(), is(true));
    assertThat(keyed.hold(), is(5L));
    key("key");
    keyed.clearWindow(window(0));
    assertThat(keyed.hold(), is(12L));
  }

  @Test
  void clearingAWindowLeavesOthersAlone() {
    keyed.state().state(in(0), BAG).add("a");
    keyed.state().state(in(0), MAP).put(bytes("k"), "v");
    keyed.state().state(in(10), BAG).add("b");
    keyed.clearWindow(window(0));
    assertThat(keyed.state().state(in(0), BAG).read(), emptyIterable());
    assertThat(keyed.state().state(in(0), MAP).isEmpty().read(), is(true));
    assertThat(keyed.state().state(in(10), BAG).read(), contains("b"));
    keyed.clearWindow(window(10));
    assertThat(rows(), is(0));
  }

  @Test
  void whatTablesHoldCanBeWritten() throws Exception {
    CoderSerializer<GrowingList<String>, List<String>> serializer =
        new CoderSerializer<>(ListCoder.of(STRINGS), GrowingList::soFar, GrowingList::of);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    GrowingList<String> list = new GrowingList<>();
    list.add("a");
    list.add("b");
    serializer.write(list, new DataOutputStream(bytes));
    GrowingList<String> read =
        serializer.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    read.add("c");
    assertThat(read.soFar(), contains("a", "b", "c"));
  }
}
