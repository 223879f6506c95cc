package dev.trestle.runner.keyed;

import org.apache.beam.sdk.state.State;
import org.apache.beam.sdk.state.StateContext;
import org.jspecify.annotations.Nullable;

/**
 * A state cell of an operator, resolved to its table. Beam asks for a cell's state anew for every
 * element; as a state object only knows its table and namespace, the one given out last serves
 * again as long as the namespace stays the same, whatever the key.
 */
final class StateCell<S extends State> {

  /** Makes the state object for a namespace. */
  interface Factory<S extends State> {
    S at(Object namespace, StateContext<?> context);
  }

  private final Factory<S> factory;
  private final boolean usesContext;
  private @Nullable Object lastNamespace;
  private @Nullable S last;

  /**
   * @param usesContext whether a state object depends on the context that it is asked for in
   */
  StateCell(Factory<S> factory, boolean usesContext) {
    this.factory = factory;
    this.usesContext = usesContext;
  }

  S at(Object namespace, StateContext<?> context) {
    S known = last;
    if (known != null && !usesContext && namespace.equals(lastNamespace)) {
      return known;
    }
    S state = factory.at(namespace, context);
    last = state;
    lastNamespace = namespace;
    return state;
  }
}
