package dev.trestle.server.jobs;

import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessage.MessageImportance;

/** Takes what a job, or a worker of it, has to say to its user. Any thread may call. */
@FunctionalInterface
public interface JobMessages {

  /** Says something. What is said after the job has ended is dropped. */
  void add(MessageImportance importance, String text);
}
