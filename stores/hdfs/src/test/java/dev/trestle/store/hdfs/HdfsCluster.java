package dev.trestle.store.hdfs;

import dev.trestle.state.checkpoint.CheckpointStore;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.SafeModeAction;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;

/** A NameNode and a DataNode in this process. */
final class HdfsCluster implements AutoCloseable {

  private final MiniDFSCluster cluster;

  private HdfsCluster(MiniDFSCluster cluster) {
    this.cluster = cluster;
  }

  static HdfsCluster start(Path directory) throws IOException {
    Configuration configuration = new Configuration();
    configuration.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, directory.toString());
    return new HdfsCluster(new MiniDFSCluster.Builder(configuration).numDataNodes(1).build());
  }

  /** A place that nobody has used. */
  String newPlace() {
    return "hdfs://127.0.0.1:" + cluster.getNameNodePort() + "/deep/" + UUID.randomUUID();
  }

  CheckpointStore open(String place) throws IOException {
    return new HdfsStoreProvider().open(URI.create(place));
  }

  DistributedFileSystem files() throws IOException {
    return cluster.getFileSystem();
  }

  void setSafeMode(boolean safe) throws IOException {
    files().setSafeMode(safe ? SafeModeAction.ENTER : SafeModeAction.LEAVE);
  }

  void restartNameNode() throws IOException {
    cluster.restartNameNode(true);
  }

  @Override
  public void close() {
    cluster.shutdown(true);
  }
}
