/** Processes that a test starts, and kills. */
@NullMarked
package dev.trestle.integration.process;

import org.jspecify.annotations.NullMarked;
