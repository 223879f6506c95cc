package dev.trestle.translation.graph;

/**
 * Where a step comes from.
 *
 * @param id the transform's id in the pipeline proto
 * @param fullName the transform's unique name, as the author knows it ("Count/GroupByKey"); errors
 *     and metrics use it
 */
public record TransformName(String id, String fullName) {}
