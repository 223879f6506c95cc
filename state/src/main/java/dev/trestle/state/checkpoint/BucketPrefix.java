package dev.trestle.state.checkpoint;

import java.net.URI;
import java.util.Optional;

/**
 * Where an object store keeps checkpoints.
 *
 * @param scheme of the place's URI
 * @param bucket not empty
 * @param prefix of all keys: empty, or ends with a '/'
 */
public record BucketPrefix(String scheme, String bucket, String prefix) {

  /**
   * The bucket and prefix of {@code scheme://bucket/prefix}; slashes at the prefix's ends do not
   * count.
   *
   * @throws IllegalArgumentException if no bucket is named
   */
  public static BucketPrefix of(URI place) {
    String bucket = place.getAuthority();
    if (bucket == null) {
      throw new IllegalArgumentException(
          place + ": names no bucket; it has to be " + place.getScheme() + "://BUCKET/PREFIX");
    }
    String prefix = place.getPath().replaceAll("^/+|/+$", "");
    return new BucketPrefix(place.getScheme(), bucket, prefix.isEmpty() ? "" : prefix + "/");
  }

  /**
   * The key of an object.
   *
   * @throws IllegalArgumentException if that is not a path
   */
  public String key(String path) {
    return prefix + ObjectPath.check(path);
  }

  /**
   * What all keys below a prefix of paths begin with.
   *
   * @throws IllegalArgumentException if that is not a prefix
   */
  public String keys(String pathPrefix) {
    return prefix + ObjectPath.checkPrefix(pathPrefix);
  }

  /** The path of an object; empty if this is not the key of one. */
  public Optional<String> path(String key) {
    return Optional.of(key)
        .filter(k -> k.startsWith(prefix))
        .map(k -> k.substring(prefix.length()))
        .filter(ObjectPath::isPath);
  }

  @Override
  public String toString() {
    return scheme + "://" + bucket + "/" + prefix;
  }
}
