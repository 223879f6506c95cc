/** Sources: the operators at the head of a stage that reads no edge. */
@NullMarked
package dev.trestle.runner.source;

import org.jspecify.annotations.NullMarked;
