package dev.trestle.integration.chaos.verify;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Windows of a minute, sessions and running totals of each key. Events say themselves when they
 * were.
 */
public final class Accounts implements Expectation {

  private final Map<String, Account> accounts = new HashMap<>();

  @Override
  public void event(ConsumerRecord<String, String> event) {
    if (!event.value().equals("end")) {
      String[] parts = event.value().split(" ", -1);
      accounts
          .computeIfAbsent(event.key(), Account::new)
          .add(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
    }
  }

  @Override
  public void results(Consumer<String> results) {
    accounts.values().forEach(account -> account.results(results));
  }
}
