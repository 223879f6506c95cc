package dev.trestle.runner.control;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where the jobs of a user listen: a directory that nobody else may enter, with a socket for each
 * job. A socket is named by a hash of the job's name, for the path of a socket is short.
 *
 * @param path of the directory, which need not exist
 */
public record ControlDirectory(Path path) {

  private static final String SUFFIX = ".sock";
  private static final int NAME_BYTES = 8;
  private static final Set<PosixFilePermission> MINE_ALONE =
      PosixFilePermissions.fromString("rwx------");

  /** That of the user who runs this process. */
  public static ControlDirectory ofUser() {
    String runtime = System.getenv("XDG_RUNTIME_DIR");
    Path parent =
        Path.of(
            runtime == null || runtime.isEmpty() ? System.getProperty("java.io.tmpdir") : runtime);
    return new ControlDirectory(parent.resolve("trestle-" + System.getProperty("user.name")));
  }

  /** The socket of a job, whether there is one or not. */
  Path socket(String job) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(job.getBytes(StandardCharsets.UTF_8));
      return path.resolve(HexFormat.of().formatHex(hash, 0, NAME_BYTES) + SUFFIX);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** All sockets that there are; none if there is no directory. */
  List<Path> sockets() throws IOException {
    if (!Files.isDirectory(path)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(path)) {
      return files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
    }
  }

  /**
   * Makes the directory, or makes sure that the one that is there is this user's alone.
   *
   * @throws IOException if others could enter it or own it
   * @throws UnsupportedOperationException if the system has no such permissions
   */
  public void make() throws IOException {
    try {
      Files.createDirectory(path, PosixFilePermissions.asFileAttribute(MINE_ALONE));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
          || !Files.getPosixFilePermissions(path).equals(MINE_ALONE)) {
        throw new IOException(path + " has to be a directory with the permissions 0700", e);
      }
    }
    Path own = Files.createTempFile(path, "owner", "");
    try {
      if (!Files.getOwner(own).equals(Files.getOwner(path))) {
        throw new IOException(path + " belongs to another user");
      }
    } finally {
      Files.delete(own);
    }
  }
}
