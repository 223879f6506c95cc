/**
 * State and timers of keyed operators in the form that Beam's code asks for, over {@code
 * dev.trestle.state}.
 */
@NullMarked
package dev.trestle.runner.keyed;

import org.jspecify.annotations.NullMarked;
