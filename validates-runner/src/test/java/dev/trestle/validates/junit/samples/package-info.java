/** Small JUnit 4 tests for the machinery to find and run; not tests of anything themselves. */
package dev.trestle.validates.junit.samples;
