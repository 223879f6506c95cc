/**
 * A job with a Kafka source and an exactly-once Kafka sink is killed again and again; then somebody
 * else counts. Start reading at {@link dev.trestle.integration.chaos.Chaos}: {@code job} is what is
 * killed, {@code load} feeds it, {@code verify} counts.
 */
@NullMarked
package dev.trestle.integration.chaos;

import org.jspecify.annotations.NullMarked;
