/**
 * Processes beside the tests: servers that they need, programs that are installed for them, and
 * threads that look after several of them.
 *
 * <p>Imports nothing of this module.
 */
@NullMarked
package dev.trestle.validates.process;

import org.jspecify.annotations.NullMarked;
