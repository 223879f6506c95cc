package dev.trestle.runner.compatibility;

import dev.trestle.runner.compatibility.Part.Role;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.transforms.Combine.CombineFn;

/** Makes a part of the specification of a state cell: its kind, and its coders. */
final class CellDescriber implements StateSpec.Cases<Part> {

  private final String id;

  CellDescriber(String id) {
    this.id = id;
  }

  private Part part(String kind, Coder<?>... coders) {
    StringBuilder text = new StringBuilder("a ").append(kind).append(" of ");
    StringBuilder identity = new StringBuilder(kind);
    for (int i = 0; i < coders.length; i++) {
      text.append(i == 0 ? "" : " to ").append(coders[i]);
      identity.append(' ').append(Identities.ofCoder(coders[i]));
    }
    return new Part(Role.STATE, id, Identities.text(text), identity.toString());
  }

  @Override
  public Part dispatchValue(Coder<?> valueCoder) {
    return part("value", valueCoder);
  }

  @Override
  public Part dispatchBag(Coder<?> elementCoder) {
    return part("bag", elementCoder);
  }

  @Override
  public Part dispatchOrderedList(Coder<?> elementCoder) {
    return part("ordered list", elementCoder);
  }

  @Override
  public Part dispatchCombining(CombineFn<?, ?, ?> combineFn, Coder<?> accumulatorCoder) {
    return part("combining", accumulatorCoder);
  }

  @Override
  public Part dispatchMap(Coder<?> keyCoder, Coder<?> valueCoder) {
    return part("map", keyCoder, valueCoder);
  }

  @Override
  public Part dispatchSet(Coder<?> elementCoder) {
    return part("set", elementCoder);
  }

  @Override
  public Part dispatchMultimap(Coder<?> keyCoder, Coder<?> valueCoder) {
    return part("multimap", keyCoder, valueCoder);
  }
}
