package dev.trestle.state.checkpoint;

/**
 * An object in a listing.
 *
 * @param path '/'-separated, relative to the store
 * @param length in bytes
 */
public record StoredObject(String path, long length) {}
