/**
 * Keyed state in RocksDB below a cache of decoded objects. {@link RocksStore} is a task's database,
 * {@link RocksResources} what all tasks of a process share. Rows and the reasons are described in
 * docs/state.md; read {@code RocksStateBackend}, then {@code RowCache}. May import the packages of
 * keyed tables, memory and key groups; no other package may import RocksDB.
 */
@NullMarked
package dev.trestle.state.rocks;

import org.jspecify.annotations.NullMarked;
