package org.apache.beam.sdk.extensions.gcp.options;

import org.apache.beam.sdk.options.PipelineOptions;

/**
 * Stands in for Beam's interface of this name, which {@code NexmarkOptions} extends. Serializing a
 * {@code NexmarkConfiguration} loads that class, though the queries have no use for it. Beam's own
 * would bring all of Google Cloud's client libraries along and register options with every {@code
 * PipelineOptionsFactory}, which the start-up times would show.
 */
public interface GcpOptions extends PipelineOptions {}
