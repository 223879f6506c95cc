package dev.trestle.runner.harness;

import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/**
 * An element with a restriction, or what is left of one, encoded as it goes through the input port.
 *
 * @param hold the watermark below which it will not put out, in milliseconds
 * @param windowEnd the least end of its windows, in milliseconds
 * @param truncated whether a drain has left only this to be done
 */
record RestrictionWork(ByteString element, long hold, long windowEnd, boolean truncated) {}
