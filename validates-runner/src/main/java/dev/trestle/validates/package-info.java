/**
 * Runs Beam's own conformance tests against a runner, in worker processes with a time limit for
 * each test, and compares the outcome with the list of failures that are expected.
 *
 * <p>Start reading at {@link dev.trestle.validates.SuiteRunner}. What runs where: {@link
 * dev.trestle.validates.Worker} is the main class of the child processes, all else belongs to the
 * parent. Nothing here knows which runner is tested: it is an option.
 */
@NullMarked
package dev.trestle.validates;

import org.jspecify.annotations.NullMarked;
