package dev.trestle.integration.chaos.job;

import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.Validation;

/** What {@link ChaosJob} reads and writes. */
public interface ChaosOptions extends PipelineOptions {

  @Description("The broker, host:port.")
  @Validation.Required
  String getBootstrapServers();

  void setBootstrapServers(String servers);

  @Description("The topic of events.")
  @Validation.Required
  String getEvents();

  void setEvents(String topic);

  @Description("The topic of results.")
  @Validation.Required
  String getResults();

  void setResults(String topic);

  @Description("How many shards the sink has.")
  @Validation.Required
  int getShards();

  void setShards(int shards);

  @Description("The consumer group in which the sink keeps how far it is.")
  @Validation.Required
  String getSinkGroup();

  void setSinkGroup(String group);
}
