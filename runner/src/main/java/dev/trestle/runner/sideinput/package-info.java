/**
 * Side inputs: the operator that gathers a view's panes, what a pane holds, and how the tasks that
 * read it look it up.
 */
@NullMarked
package dev.trestle.runner.sideinput;

import org.jspecify.annotations.NullMarked;
