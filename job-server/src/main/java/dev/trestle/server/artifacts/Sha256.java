package dev.trestle.server.artifacts;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which bytes: their SHA-256.
 *
 * @param hex 64 hexadecimal digits, in lower case
 */
public record Sha256(String hex) {

  private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");

  /**
   * A hash.
   *
   * @throws IllegalArgumentException if it is not 64 such digits
   */
  public Sha256 {
    if (!FORM.matcher(hex).matches()) {
      throw new IllegalArgumentException("Not a SHA-256");
    }
  }

  /** What somebody says is a hash, if it is. */
  static Optional<Sha256> parse(String text) {
    String hex = text.toLowerCase(Locale.ROOT);
    return FORM.matcher(hex).matches() ? Optional.of(new Sha256(hex)) : Optional.empty();
  }

  static Sha256 of(MessageDigest digest) {
    return new Sha256(HexFormat.of().formatHex(digest.digest()));
  }

  static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return hex;
  }
}
