package dev.trestle.runner.worker;

/**
 * An element that a worker has looked at while it processed it.
 *
 * @param collection the id of its collection
 * @param producer the full name of the transform that puts out the collection; the collection's
 *     name where that transform is not the worker's
 * @param element as text, for people
 * @param failedIn the full name of the transform that has failed on it; empty if none has
 * @param error what it has failed with, a stack trace; empty if it has not
 */
public record Sample(
    String collection, String producer, String element, String failedIn, String error) {}
