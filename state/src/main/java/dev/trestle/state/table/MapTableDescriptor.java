package dev.trestle.state.table;

import org.jspecify.annotations.Nullable;

/**
 * A table with a map for each key and namespace.
 *
 * @param name unique within an operator and the same for the job's life
 */
public record MapTableDescriptor<S, V extends @Nullable Object>(
    String name, Serializer<S> subKeys, Serializer<V> values) {}
