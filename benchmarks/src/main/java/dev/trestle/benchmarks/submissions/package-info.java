/**
 * Many jobs for one server, and what they leave behind in it. Start reading at {@link
 * dev.trestle.benchmarks.submissions.Submissions}.
 */
@NullMarked
package dev.trestle.benchmarks.submissions;

import org.jspecify.annotations.NullMarked;
