package dev.trestle.state.table;

/**
 * A table with a list for each key and namespace.
 *
 * @param name unique within an operator and the same for the job's life
 */
public record ListTableDescriptor<T>(String name, Serializer<T> elements) {}
