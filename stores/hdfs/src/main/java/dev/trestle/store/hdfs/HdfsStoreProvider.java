package dev.trestle.store.hdfs;

import dev.trestle.state.checkpoint.CheckpointStore;
import dev.trestle.state.checkpoint.CheckpointStoreProvider;
import java.io.IOException;
import java.net.URI;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.jspecify.annotations.Nullable;

/**
 * Opens {@code hdfs://NAMENODE/DIRECTORY}. The configuration is the {@code core-site.xml} and
 * {@code hdfs-site.xml} of the class path, and those in the directory that {@code HADOOP_CONF_DIR}
 * names.
 */
public final class HdfsStoreProvider implements CheckpointStoreProvider {

  /** For {@link java.util.ServiceLoader}. */
  public HdfsStoreProvider() {}

  @Override
  public Set<String> schemes() {
    return Set.of("hdfs");
  }

  @Override
  public CheckpointStore open(URI place) throws IOException {
    String directory = place.getPath();
    if (place.getAuthority() == null || directory.isEmpty()) {
      throw new IllegalArgumentException(
          place + ": has to be hdfs://NAMENODE:PORT/DIRECTORY, or a nameservice instead of both");
    }
    try {
      // Hadoop keeps one client of a user and NameNode for the whole process.
      FileSystem files = FileSystem.get(place, configuration(System.getenv("HADOOP_CONF_DIR")));
      if (files instanceof DistributedFileSystem hdfs) {
        return HdfsStore.open(hdfs, new Path(place));
      }
      throw new IOException("the configuration makes it a " + files.getClass().getName());
    } catch (IOException | IllegalArgumentException e) {
      // Hadoop has the latter for hosts that it cannot find.
      throw new IOException(
          place
              + ": cannot be used; the NameNode has to be there and the directory writable for this"
              + " user (HADOOP_USER_NAME, or a Kerberos ticket); HADOOP_CONF_DIR names the"
              + " configuration ("
              + e.getMessage()
              + ")",
          e);
    }
  }

  static Configuration configuration(@Nullable String directory) {
    Configuration configuration = new Configuration();
    if (directory != null) {
      configuration.addResource(new Path(directory, "core-site.xml"));
      configuration.addResource(new Path(directory, "hdfs-site.xml"));
    }
    return configuration;
  }
}
