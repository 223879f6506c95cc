/**
 * How elements travel between stages: batches, the encoding at an edge, the writers that spread
 * elements over the tasks of the next stage.
 */
@NullMarked
package dev.trestle.runner.exchange;

import org.jspecify.annotations.NullMarked;
