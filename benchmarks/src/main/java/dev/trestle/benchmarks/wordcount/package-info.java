/** Word count as a whole process: how long a user waits from the command to the result. */
@NullMarked
package dev.trestle.benchmarks.wordcount;

import org.jspecify.annotations.NullMarked;
