/**
 * The tests of a suite, whoever runs them: their names, what became of them, the list of failures
 * that are expected, and the report of the two held against each other.
 *
 * <p>Imports nothing of this module. Start reading at {@link dev.trestle.validates.suite.Verdict}.
 */
@NullMarked
package dev.trestle.validates.suite;

import org.jspecify.annotations.NullMarked;
