/**
 * The door to Trestle: the command line ({@code cli}), and the job server ({@code service} for
 * clients, {@code jobs}, {@code artifacts}, {@code environment} for SDK workers). Start reading at
 * {@link dev.trestle.server.TrestleCommand}.
 */
@NullMarked
package dev.trestle.server;

import org.jspecify.annotations.NullMarked;
