/** The memory that buffers and state of all tasks of a process share. */
@NullMarked
package dev.trestle.state.memory;

import org.jspecify.annotations.NullMarked;
