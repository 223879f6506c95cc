package dev.trestle.translation.graph;

import java.util.List;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleDescriptor;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.model.pipeline.v1.RunnerApi.TimerFamilySpec;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.util.construction.Timer;
import org.jspecify.annotations.Nullable;

/**
 * What an SDK harness is told of the transforms that it runs, and how elements get there and back.
 *
 * <p>Elements stay encoded. The coder of a collection that such transforms read or write reads and
 * writes the bytes of the wire, but for what the runner must look at: keys, windows, timestamps.
 *
 * @param environment where the transforms run
 * @param descriptor all but its id and the endpoints of data, state and timers. Its ports are
 *     transforms of the URNs {@code beam:runner:source:v1} and {@code beam:runner:sink:v1}, whose
 *     payload names the coder of windowed elements
 * @param inputPort id of the port through which the input goes
 * @param outputPorts ids of the ports through which outputs come, in the order of {@link
 *     Node#outputs()}
 * @param sideInputs what the transforms may ask for
 * @param userStates the cells of state that they may ask for
 * @param timerFamilies their timers
 * @param restrictions id of the transform that processes sized elements and restrictions; null
 *     where there is none
 * @param truncation what makes less of restrictions when the job is drained; null where {@code
 *     restrictions} is
 * @param requiresStableInput whether input has to survive a crash unchanged before they may see it
 * @param requiresTimeSortedInput whether input has to come by key in the order of its timestamps
 */
public record HarnessSpec(
    Environment environment,
    ProcessBundleDescriptor descriptor,
    String inputPort,
    List<String> outputPorts,
    List<SideInput> sideInputs,
    List<UserState> userStates,
    List<TimerFamily> timerFamilies,
    @Nullable String restrictions,
    @Nullable Truncation truncation,
    boolean requiresStableInput,
    boolean requiresTimeSortedInput) {

  public HarnessSpec {
    outputPorts = List.copyOf(outputPorts);
    sideInputs = List.copyOf(sideInputs);
    userStates = List.copyOf(userStates);
    timerFamilies = List.copyOf(timerFamilies);
  }

  /** Whether the input has to come key by key. */
  public boolean stateful() {
    return !userStates.isEmpty() || !timerFamilies.isEmpty() || requiresTimeSortedInput;
  }

  /**
   * A side input.
   *
   * @param tag by which {@link Node.SideInput} names it
   * @param transform id of the transform that reads it, in the descriptor
   * @param localName its name there
   * @param materialization URN of the access pattern: iterable or multimap
   * @param elements the collection that it is made of
   * @param mapping how to learn which of its windows is read in a window of the main input: a KV of
   *     any bytes and the latter goes in, a KV of the same bytes and the former comes out; null
   *     where its window fn maps windows as all SDKs do by default
   */
  public record SideInput(
      String tag,
      String transform,
      String localName,
      String materialization,
      Collection elements,
      @Nullable Inquiry mapping) {}

  /**
   * A cell of state.
   *
   * @param transform id of the transform that has it
   * @param localName its name there
   * @param spec what it is
   * @param values how to learn where each of its values ends: values go in one behind the other and
   *     with nothing around them; they come out as elements in the global window, each behind its
   *     length. Null where nobody has to know
   */
  public record UserState(
      String transform, String localName, RunnerApi.StateSpec spec, @Nullable Inquiry values) {}

  /**
   * A timer family.
   *
   * @param transform id of the transform that has it
   * @param localName its name there
   * @param coder of its timers on the wire, {@link Timer}s of keys that are encoded as in the input
   * @param windowExpiry whether nobody sets its timers: one is due for each key and window when the
   *     window expires, for the transform to be told of that
   */
  public record TimerFamily(
      String transform,
      String localName,
      TimerFamilySpec spec,
      Coder<?> coder,
      boolean windowExpiry) {}

  /**
   * What a harness is told to truncate restrictions. Elements go in through one port; what is left
   * of them, coded alike, comes out of the other, and may then be processed. The transform has the
   * id of the one that processes, and asks for the same side inputs.
   *
   * @param descriptor as the stage's
   */
  public record Truncation(
      ProcessBundleDescriptor descriptor, String inputPort, String outputPort) {}

  /**
   * How a harness is asked something besides running the transforms of a stage: the question goes
   * in through one port, and the answer comes out of the other.
   *
   * @param descriptor as a stage's
   */
  public record Inquiry(
      Environment environment,
      ProcessBundleDescriptor descriptor,
      String inputPort,
      String outputPort) {}
}
