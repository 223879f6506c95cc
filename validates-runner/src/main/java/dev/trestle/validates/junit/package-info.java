/**
 * Beam's Java tests: found in its test jars by category, run by JUnit 4 in worker processes with a
 * time limit for each test.
 *
 * <p>Imports {@code suite} and {@code process}. Start reading at {@link
 * dev.trestle.validates.junit.JUnitTests}. {@link dev.trestle.validates.junit.Worker} is the main
 * class of the child processes, all else belongs to the parent. Nothing here knows which runner is
 * tested: it is an option of the pipelines.
 */
@NullMarked
package dev.trestle.validates.junit;

import org.jspecify.annotations.NullMarked;
