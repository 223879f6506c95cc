package dev.trestle.state.checkpoint;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The stores that this process can open: directories, and what the class path brings a {@link
 * CheckpointStoreProvider} for. Immutable.
 */
public final class CheckpointStores {

  private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://.*");
  private static final String DIRECTORY = "file";

  /** The stores of Trestle that are artifacts of their own. */
  private static final Map<String, String> ARTIFACTS =
      Map.of("s3", "trestle-store-s3", "gs", "trestle-store-gcs", "hdfs", "trestle-store-hdfs");

  private final TreeMap<String, CheckpointStoreProvider> providers = new TreeMap<>();

  private CheckpointStores(Iterable<CheckpointStoreProvider> found) {
    for (CheckpointStoreProvider provider : found) {
      for (String scheme : provider.schemes()) {
        providers.putIfAbsent(scheme, provider);
      }
    }
  }

  /** Those of the thread's context class loader. */
  public static CheckpointStores load() {
    return new CheckpointStores(ServiceLoader.load(CheckpointStoreProvider.class));
  }

  /** Whether {@link #open} knows the scheme of a place. */
  public boolean canOpen(String place) {
    String scheme = scheme(place);
    return scheme.equals(DIRECTORY) || providers.containsKey(scheme);
  }

  /**
   * Opens a store.
   *
   * @param place the path of a directory, or a URI
   * @throws IllegalArgumentException if there is no store for its scheme, or it is malformed
   * @throws IOException if it cannot be used as it is, with the remedy
   */
  public CheckpointStore open(String place) throws IOException {
    String scheme = scheme(place);
    if (scheme.equals(DIRECTORY)) {
      boolean hasScheme = SCHEME.matcher(place).matches();
      return DirectoryStore.open(
          Path.of(hasScheme ? place.substring(DIRECTORY.length() + "://".length()) : place));
    }
    CheckpointStoreProvider provider = providers.get(scheme);
    if (provider == null) {
      throw new IllegalArgumentException(unknown(place));
    }
    return provider.open(uri(place));
  }

  private static String scheme(String place) {
    Matcher matcher = SCHEME.matcher(place);
    return matcher.matches() ? matcher.group(1).toLowerCase(Locale.ROOT) : DIRECTORY;
  }

  private static URI uri(String place) {
    try {
      URI uri = new URI(place);
      if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
        throw new IllegalArgumentException(place + ": '?' and '#' have no meaning here");
      }
      return uri;
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          place + ": not a URI (" + e.getReason() + " at " + e.getIndex() + ")", e);
    }
  }

  /** What to tell a user whose place has a scheme without a store, and what to do about it. */
  public String unknown(String place) {
    String scheme = scheme(place);
    List<String> there = new ArrayList<>(List.of(DIRECTORY));
    there.addAll(providers.keySet());
    String remedy =
        ARTIFACTS.containsKey(scheme)
            ? "add dev.trestle:" + ARTIFACTS.get(scheme) + " to the class path"
            : "use one of those, or a mounted directory";
    return String.format(
        "%s: no checkpoint store for '%s' is there, only for %s; %s",
        place, scheme, String.join(", ", there), remedy);
  }
}
