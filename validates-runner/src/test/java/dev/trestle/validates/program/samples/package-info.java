/** A program for tests of what runs programs. */
package dev.trestle.validates.program.samples;
