/**
 * Keyed state: {@link KeyedStateBackend} hands out tables and knows the current key. Tables have
 * two shapes only, (table, namespace) -> value and (table, namespace, sub-key) -> value, so that
 * any engine's keyed state can carry them.
 */
@NullMarked
package dev.trestle.state.table;

import org.jspecify.annotations.NullMarked;
