/**
 * What does not fit into memory: {@link SpillingSorter} groups records by key, {@link SpillingLog}
 * keeps them in order. Both stay in memory as long as the budget allows and use files of the {@link
 * SpillDirectory} beyond. {@link SpilledBlocks} serve those who decide themselves what goes to
 * disk.
 */
@NullMarked
package dev.trestle.state.spill;

import org.jspecify.annotations.NullMarked;
