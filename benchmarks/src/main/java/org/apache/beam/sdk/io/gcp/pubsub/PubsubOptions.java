package org.apache.beam.sdk.io.gcp.pubsub;

import org.apache.beam.sdk.options.PipelineOptions;

/**
 * Stands in for Beam's interface of this name; see {@link
 * org.apache.beam.sdk.extensions.gcp.options.GcpOptions}.
 */
public interface PubsubOptions extends PipelineOptions {}
