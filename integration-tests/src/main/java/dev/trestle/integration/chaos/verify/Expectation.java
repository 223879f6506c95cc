package dev.trestle.integration.chaos.verify;

import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What has to come out of a job, known from what has gone in. */
public interface Expectation {

  /** Takes in a record of the topic of events. */
  void event(ConsumerRecord<String, String> event);

  /** Says every result, in any order. */
  void results(Consumer<String> results);
}
