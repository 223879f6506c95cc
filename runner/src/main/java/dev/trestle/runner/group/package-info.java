/**
 * GroupByKey and Combine.
 *
 * <p>{@link dev.trestle.runner.group.GroupingOperators} chooses among five operators. {@code
 * GeneralGroupingOperator} runs Beam's {@code ReduceFnRunner} and serves every windowing strategy;
 * it defines what is right. The others serve one kind of strategy each:
 *
 * <table>
 *   <caption>Which operator groups what</caption>
 *   <tr><th></th><th>windows that stay</th><th>windows that merge</th></tr>
 *   <tr><td>input without end</td><td>{@code WindowedGroupingOperator}</td>
 *     <td>{@code MergingGroupingOperator}</td></tr>
 *   <tr><td>input that ends by itself</td><td>{@code BoundedGroupingOperator}</td>
 *     <td>{@code BoundedMergingOperator}</td></tr>
 * </table>
 *
 * <p>What an element's key accumulates, a list or an accumulator, is a {@code Reduction}; where it
 * is kept, a {@code SliceStore} or {@code ActiveWindows}; how windows merge, a {@code
 * WindowMerging}. What has no room in memory is in {@code WindowRows} and {@code KeyRows}, and in
 * {@code SpilledGroups} and {@code SpilledWindows} where the input ends by itself.
 */
@NullMarked
package dev.trestle.runner.group;

import org.jspecify.annotations.NullMarked;
