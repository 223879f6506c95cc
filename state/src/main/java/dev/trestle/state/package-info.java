/**
 * State of operators, without Beam: keys and key groups here; memory, spilling, keyed tables and
 * timers in the packages below.
 */
@NullMarked
package dev.trestle.state;

import org.jspecify.annotations.NullMarked;
