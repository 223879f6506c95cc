/** Tab-separated measurements made readable, with the ratios that matter. */
@NullMarked
package dev.trestle.benchmarks.report;

import org.jspecify.annotations.NullMarked;
