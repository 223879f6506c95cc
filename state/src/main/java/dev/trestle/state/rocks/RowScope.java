package dev.trestle.state.rocks;

import dev.trestle.state.KeyGroupRange;
import java.util.Set;

/**
 * Whose rows a store has: those of some operators in some key groups.
 *
 * @param operators their numbers, as in {@link RocksStore#backend}
 */
public record RowScope(KeyGroupRange range, Set<Integer> operators) {

  public RowScope {
    operators = Set.copyOf(operators);
  }

  /** Whether rows may belong to both. */
  public boolean overlaps(RowScope other) {
    return range.first() < other.range.end()
        && other.range.first() < range.end()
        && operators.stream().anyMatch(other.operators::contains);
  }

  boolean hasKeyGroupsOf(RowScope other) {
    return range.first() <= other.range.first() && range.end() >= other.range.end();
  }
}
