package dev.trestle.integration.kafka;

import java.util.concurrent.ExecutionException;

/** Makes a topic with one partition. Takes the broker and the topic's name. */
final class TopicMain {

  private TopicMain() {}

  public static void main(String[] args) throws InterruptedException, ExecutionException {
    new KafkaTopics(args[0]).create(args[1], 1);
  }
}
