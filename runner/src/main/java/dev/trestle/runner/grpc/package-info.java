/** What all of Trestle's gRPC servers do with calls. Knows nothing of what is called. */
@NullMarked
package dev.trestle.runner.grpc;

import org.jspecify.annotations.NullMarked;
