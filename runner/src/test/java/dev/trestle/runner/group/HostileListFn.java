package dev.trestle.runner.group;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.Combine.CombineFn;

/** Gathers strings, and does to its accumulators everything that it is allowed to do. */
final class HostileListFn extends CombineFn<String, List<String>, String> {

  static final Coder<List<String>> CODER = ListCoder.of(StringUtf8Coder.of());

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
    List<String> last = new ArrayList<>();
    for (List<String> accumulator : accumulators) {
      accumulator.addAll(last);
      last.clear();
      last = accumulator;
    }
    return last;
  }

  @Override
  public String extractOutput(List<String> accumulator) {
    List<String> sorted = new ArrayList<>(accumulator);
    Collections.sort(sorted);
    return sorted.toString();
  }
}
