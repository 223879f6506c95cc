package dev.trestle.runner.compatibility;

import dev.trestle.runner.compatibility.Part.Role;
import dev.trestle.translation.graph.HarnessSpec;
import dev.trestle.translation.graph.HarnessSpec.TimerFamily;
import dev.trestle.translation.graph.HarnessSpec.UserState;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.StateSpec;

/**
 * Says what the state cells and timers are that SDK harnesses keep in a step. Of a coder that only
 * an SDK knows its URN counts and its components do: the rest may be another each time that the
 * pipeline is built.
 */
final class HarnessDescriber {

  private final HarnessSpec spec;

  HarnessDescriber(HarnessSpec spec) {
    this.spec = spec;
  }

  void addCells(List<Part> parts) {
    for (UserState state : spec.userStates()) {
      String text = describe(state.spec());
      parts.add(new Part(Role.STATE, state.localName(), Identities.text(text), text));
    }
    for (TimerFamily timers : spec.timerFamilies()) {
      String domain = timers.spec().getTimeDomain().name();
      parts.add(new Part(Role.TIMER, timers.localName(), domain, domain));
    }
  }

  private String describe(StateSpec state) {
    return switch (state.getSpecCase()) {
      case READ_MODIFY_WRITE_SPEC ->
          "a value of " + coder(state.getReadModifyWriteSpec().getCoderId());
      case BAG_SPEC -> "a bag of " + coder(state.getBagSpec().getElementCoderId());
      case COMBINING_SPEC ->
          "a combining of " + coder(state.getCombiningSpec().getAccumulatorCoderId());
      case MAP_SPEC ->
          "a map of "
              + coder(state.getMapSpec().getKeyCoderId())
              + " to "
              + coder(state.getMapSpec().getValueCoderId());
      case MULTIMAP_SPEC ->
          "a multimap of "
              + coder(state.getMultimapSpec().getKeyCoderId())
              + " to "
              + coder(state.getMultimapSpec().getValueCoderId());
      case SET_SPEC -> "a set of " + coder(state.getSetSpec().getElementCoderId());
      case ORDERED_LIST_SPEC ->
          "an ordered list of " + coder(state.getOrderedListSpec().getElementCoderId());
      case SPEC_NOT_SET -> state.getProtocol().getUrn().toLowerCase(Locale.ROOT);
    };
  }

  private String coder(String id) {
    RunnerApi.Coder coder = spec.descriptor().getCodersOrThrow(id);
    return coder.getSpec().getUrn()
        + coder.getComponentCoderIdsList().stream()
            .map(this::coder)
            .collect(Collectors.joining(", ", "(", ")"));
  }
}
