/**
 * The events that all engines see: as Beam's Nexmark generates them, or generated beforehand and
 * held in memory.
 */
@NullMarked
package dev.trestle.benchmarks.nexmark.events;

import org.jspecify.annotations.NullMarked;
