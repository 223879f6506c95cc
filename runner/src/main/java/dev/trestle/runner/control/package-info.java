/**
 * What can be asked of a job that runs, from within its process and from other processes of the
 * same user on the same machine. Start reading at {@link dev.trestle.runner.control.JobControl};
 * whoever else wants to offer these verbs does it by that interface. Imports {@code engine} for the
 * job itself.
 */
@NullMarked
package dev.trestle.runner.control;

import org.jspecify.annotations.NullMarked;
