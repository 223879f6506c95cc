/**
 * For the tests of stores that speak with servers: {@link ServerCache} installs a server, {@link
 * ServerProcess} is one that runs, {@link FaultyProxy} stands between it and a client, and {@link
 * StoreFaultsContract} says what a store does about that.
 */
@NullMarked
package dev.trestle.store.testing;

import org.jspecify.annotations.NullMarked;
