package dev.trestle.runner.compatibility;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;

import dev.trestle.runner.compatibility.Part.Role;
import dev.trestle.translation.graph.HarnessSpec;
import dev.trestle.translation.graph.HarnessSpec.TimerFamily;
import dev.trestle.translation.graph.HarnessSpec.UserState;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleDescriptor;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.model.pipeline.v1.RunnerApi.FunctionSpec;
import org.apache.beam.model.pipeline.v1.RunnerApi.StateSpec;
import org.apache.beam.model.pipeline.v1.RunnerApi.TimeDomain;
import org.apache.beam.model.pipeline.v1.RunnerApi.TimerFamilySpec;
import org.apache.beam.sdk.coders.VoidCoder;
import org.junit.jupiter.api.Test;

final class HarnessDescriberTest {

  private static RunnerApi.Coder coder(String urn, String... parts) {
    return RunnerApi.Coder.newBuilder()
        .setSpec(FunctionSpec.newBuilder().setUrn(urn))
        .addAllComponentCoderIds(List.of(parts))
        .build();
  }

  private static List<Part> cells(List<UserState> states, List<TimerFamily> timers) {
    ProcessBundleDescriptor descriptor =
        ProcessBundleDescriptor.newBuilder()
            .putCoders("k", coder("key"))
            .putCoders("v", coder("value"))
            .putCoders("kv", coder("pair", "k", "v"))
            .build();
    HarnessSpec spec =
        new HarnessSpec(
            Environment.getDefaultInstance(),
            descriptor,
            "in",
            List.of(),
            List.of(),
            states,
            timers,
            null,
            null,
            false,
            false);
    List<Part> parts = new ArrayList<>();
    new HarnessDescriber(spec).addCells(parts);
    return parts;
  }

  private static String cell(StateSpec.Builder spec) {
    Part part = cells(List.of(new UserState("t", "cell", spec.build(), null)), List.of()).get(0);
    assertThat(part.role(), is(Role.STATE));
    assertThat(part.name(), is("cell"));
    assertThat(part.identity(), is(part.text()));
    return part.text();
  }

  private static StateSpec.Builder spec() {
    return StateSpec.newBuilder();
  }

  @Test
  void cellIsItsKindAndItsCoders() {
    StateSpec.Builder value = spec();
    value.getReadModifyWriteSpecBuilder().setCoderId("kv");
    assertThat(cell(value), is("a value of pair(key(), value())"));
    StateSpec.Builder bag = spec();
    bag.getBagSpecBuilder().setElementCoderId("v");
    assertThat(cell(bag), is("a bag of value()"));
    StateSpec.Builder combining = spec();
    combining.getCombiningSpecBuilder().setAccumulatorCoderId("v");
    assertThat(cell(combining), is("a combining of value()"));
    StateSpec.Builder set = spec();
    set.getSetSpecBuilder().setElementCoderId("v");
    assertThat(cell(set), is("a set of value()"));
    StateSpec.Builder list = spec();
    list.getOrderedListSpecBuilder().setElementCoderId("v");
    assertThat(cell(list), is("an ordered list of value()"));
  }

  @Test
  void cellOfPairsIsItsKindAndBothCoders() {
    StateSpec.Builder map = spec();
    map.getMapSpecBuilder().setKeyCoderId("k").setValueCoderId("v");
    assertThat(cell(map), is("a map of key() to value()"));
    StateSpec.Builder multimap = spec();
    multimap.getMultimapSpecBuilder().setKeyCoderId("k").setValueCoderId("v");
    assertThat(cell(multimap), is("a multimap of key() to value()"));
  }

  @Test
  void cellOfAKindThatIsNewIsItsProtocol() {
    StateSpec.Builder odd = spec();
    odd.getProtocolBuilder().setUrn("odd:state:v1");
    assertThat(cell(odd), is("odd:state:v1"));
  }

  @Test
  void timersAreTheirDomain() {
    TimerFamilySpec spec =
        TimerFamilySpec.newBuilder().setTimeDomain(TimeDomain.Enum.PROCESSING_TIME).build();
    assertThat(
        cells(List.of(), List.of(new TimerFamily("t", "due", spec, VoidCoder.of(), false))),
        contains(new Part(Role.TIMER, "due", "PROCESSING_TIME", "PROCESSING_TIME")));
  }
}
