/**
 * Refusals: what a pipeline asks for and Trestle does not do. All problems of a pipeline are
 * collected and reported at once. May be imported by everybody, imports nothing of Trestle.
 */
@NullMarked
package dev.trestle.translation.validate;

import org.jspecify.annotations.NullMarked;
