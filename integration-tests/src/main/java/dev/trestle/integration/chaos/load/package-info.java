/** Fills the topic of events. */
@NullMarked
package dev.trestle.integration.chaos.load;

import org.jspecify.annotations.NullMarked;
