/**
 * The tests of Beam's other SDKs: where they come from, how they are pointed at a job server, and
 * how their programs are talked to.
 *
 * <p>Imports {@code program}, {@code process} and {@code suite}. The parts that are written in
 * other languages, and the files that pin the versions, are in {@code validates-runner/sdks}.
 */
@NullMarked
package dev.trestle.validates.sdk;

import org.jspecify.annotations.NullMarked;
