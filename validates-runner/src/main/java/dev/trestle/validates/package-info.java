/**
 * Runs Beam's own conformance tests against a runner and compares the outcome with the list of
 * failures that are expected.
 *
 * <p>May import all packages below it. Start reading at {@link dev.trestle.validates.SuiteRunner};
 * {@link dev.trestle.validates.Suite} names the suites, each with the class that comes by its
 * tests.
 */
@NullMarked
package dev.trestle.validates;

import org.jspecify.annotations.NullMarked;
