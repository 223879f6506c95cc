/**
 * The gRPC services of the job server, and the server that has them. Start reading at {@link
 * dev.trestle.server.service.JobServer}. Imports {@code jobs} and {@code artifacts}; what goes on
 * in a job is not its business.
 */
@NullMarked
package dev.trestle.server.service;

import org.jspecify.annotations.NullMarked;
