package dev.trestle.runner.keyed;

import dev.trestle.state.table.KeyedStateBackend;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.runners.core.StateInternals;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.state.State;
import org.apache.beam.sdk.state.StateContext;
import org.jspecify.annotations.Nullable;

/**
 * State of the current key. State objects that it gives out speak of the key that is current when
 * they are used; what they have read stays as it was.
 */
final class KeyedStateInternals implements StateInternals {

  private final KeyedContext context;
  private final KeyedStateBackend backend;
  private final WatermarkHolds holds;
  private final Map<CellName, StateCell<?>> cells = new HashMap<>();

  /** Tags seen, with the trigger's index and the cell: a few, and mostly the same objects. */
  private final List<KnownTag> knownTags = new ArrayList<>();

  private static final int MOST_KNOWN_TAGS = 16;

  private record CellName(String id, boolean system, int trigger) {
    String tableName() {
      return (system ? "s:" : "u:") + id + (trigger == Namespaces.NO_TRIGGER ? "" : "@" + trigger);
    }
  }

  private record KnownTag(StateTag<?> tag, int trigger, StateCell<?> cell) {}

  KeyedStateInternals(KeyedContext context, KeyedStateBackend backend, WatermarkHolds holds) {
    this.context = context;
    this.backend = backend;
    this.holds = holds;
  }

  @Override
  public @Nullable Object getKey() {
    return context.key();
  }

  @Override
  public <T extends State> T state(
      StateNamespace namespace, StateTag<T> tag, StateContext<?> stateContext) {
    int trigger = Namespaces.triggerOf(namespace);
    return cell(tag, trigger).at(Namespaces.of(namespace), stateContext);
  }

  @SuppressWarnings("unchecked") // a tag's id stands for one type of state
  private <T extends State> StateCell<T> cell(StateTag<T> tag, int trigger) {
    for (int i = 0; i < knownTags.size(); i++) {
      KnownTag known = knownTags.get(i);
      if (known.tag == tag && known.trigger == trigger) {
        return (StateCell<T>) known.cell;
      }
    }
    CellName name = new CellName(tag.getId(), StateTags.isSystemTagInternal(tag), trigger);
    StateCell<?> cell = cells.get(name);
    if (cell == null) {
      cell = CellBinder.resolve(tag, name.tableName(), backend, holds);
      cells.put(name, cell);
      if (knownTags.size() < MOST_KNOWN_TAGS) {
        knownTags.add(new KnownTag(tag, trigger, cell));
      }
    }
    return (StateCell<T>) cell;
  }

  /** Drops everything of the current key in a namespace. */
  void clear(Object namespace) {
    holds.clear(namespace);
    backend.clearNamespace(namespace);
  }
}
