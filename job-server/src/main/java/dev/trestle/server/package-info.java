/**
 * The door to Trestle: so far the command line. Start reading at {@link
 * dev.trestle.server.TrestleCommand}.
 */
@NullMarked
package dev.trestle.server;

import org.jspecify.annotations.NullMarked;
