package dev.trestle.server.service;

import dev.trestle.server.jobs.JobRecord;
import dev.trestle.server.jobs.ServedJob;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobInfo;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;

/** What a list of jobs says of each. */
final class JobInfos {

  /** Clients take no more than 4 MiB in an answer unless they are told to. */
  private static final int MOST_OPTION_BYTES = 2 << 20;

  private JobInfos() {}

  /** In the same order. The newest jobs have their options, as many as there is room for. */
  static List<JobInfo> of(List<ServedJob> jobs) {
    List<JobInfo> infos = new ArrayList<>();
    int room = MOST_OPTION_BYTES;
    for (int i = jobs.size() - 1; i >= 0; i--) {
      JobRecord job = jobs.get(i).record();
      JobInfo.Builder info =
          JobInfo.newBuilder().setJobId(job.id()).setJobName(job.name()).setState(job.state());
      if (room > 0) {
        Struct options = jobs.get(i).options();
        room -= options.getSerializedSize();
        if (room >= 0) {
          info.setPipelineOptions(options);
        }
      }
      infos.add(info.build());
    }
    Collections.reverse(infos);
    return infos;
  }
}
