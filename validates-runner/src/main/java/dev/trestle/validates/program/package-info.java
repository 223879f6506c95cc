/**
 * Tests that a program in another language runs: what it is asked to run, what it says about it,
 * and what is done when it hangs or dies.
 *
 * <p>Imports {@code suite} and {@code process}. Start reading at {@link
 * dev.trestle.validates.program.ProgramTests}; {@code sdk} has the programs.
 */
@NullMarked
package dev.trestle.validates.program;

import org.jspecify.annotations.NullMarked;
