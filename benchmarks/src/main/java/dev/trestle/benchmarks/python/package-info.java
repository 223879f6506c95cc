/**
 * Python pipelines as whole processes, on Trestle's job server and on its peers. The pipelines are
 * in {@code benchmarks/python}.
 */
@NullMarked
package dev.trestle.benchmarks.python;

import org.jspecify.annotations.NullMarked;
