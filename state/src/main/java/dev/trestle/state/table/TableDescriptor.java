package dev.trestle.state.table;

/**
 * A table with one value for each key and namespace.
 *
 * @param name unique within an operator and the same for the job's life
 */
public record TableDescriptor<V>(String name, Serializer<V> values) {}
