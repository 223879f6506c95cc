/**
 * A Kafka broker for tests, and topics as plain clients see them. Start reading at {@link
 * dev.trestle.integration.kafka.KafkaBroker}.
 */
@NullMarked
package dev.trestle.integration.kafka;

import org.jspecify.annotations.NullMarked;
