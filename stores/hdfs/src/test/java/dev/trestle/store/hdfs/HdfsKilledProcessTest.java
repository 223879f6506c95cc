package dev.trestle.store.hdfs;

import dev.trestle.runner.recovery.KilledProcessContract;
import dev.trestle.state.checkpoint.CheckpointStore;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

final class HdfsKilledProcessTest extends KilledProcessContract {

  private HdfsCluster cluster;
  private String place;

  @BeforeEach
  void start() throws IOException {
    cluster = HdfsCluster.start(directory);
    place = cluster.newPlace();
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Override
  protected String checkpointDir() {
    return place;
  }

  @Override
  protected Map<String, String> environment() {
    return Map.of();
  }

  @Override
  protected CheckpointStore store() throws IOException {
    return cluster.open(place);
  }
}
