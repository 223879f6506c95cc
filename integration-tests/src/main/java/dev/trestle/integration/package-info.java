/**
 * Trestle beside real systems, and processes that are killed. {@code process} and {@code kafka} are
 * for tests to use; start reading at {@link dev.trestle.integration.chaos.Chaos}.
 */
@NullMarked
package dev.trestle.integration;

import org.jspecify.annotations.NullMarked;
