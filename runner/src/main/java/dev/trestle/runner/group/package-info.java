/**
 * GroupByKey and Combine.
 *
 * <p>{@link dev.trestle.runner.group.GroupingOperators} chooses among three operators. {@code
 * GeneralGroupingOperator} runs Beam's {@code ReduceFnRunner} and serves every windowing strategy;
 * it defines what is right. {@code WindowedGroupingOperator} serves the default trigger without
 * merging windows, {@code BoundedGroupingOperator} the same when the input ends by itself. What an
 * element's key accumulates, a list or an accumulator, is a {@code Reduction}; where it is kept, a
 * {@code SliceStore}.
 */
@NullMarked
package dev.trestle.runner.group;

import org.jspecify.annotations.NullMarked;
