/**
 * The transforms that Beam's tests of other SDKs expect of a Java expansion service. Beam does not
 * publish its own.
 *
 * <p>Imports nothing of this module.
 */
@NullMarked
package dev.trestle.validates.expansion;

import org.jspecify.annotations.NullMarked;
