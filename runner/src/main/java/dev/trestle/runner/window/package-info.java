/**
 * Assigning windows: one operator for each window fn whose assignment can be cached, one for all
 * others. {@link dev.trestle.runner.window.AssignWindows} chooses.
 */
@NullMarked
package dev.trestle.runner.window;

import org.jspecify.annotations.NullMarked;
