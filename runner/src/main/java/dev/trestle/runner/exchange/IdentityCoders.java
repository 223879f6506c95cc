package dev.trestle.runner.exchange;

import java.util.Set;
import org.apache.beam.sdk.coders.BigEndianIntegerCoder;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.BooleanCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.DoubleCoder;
import org.apache.beam.sdk.coders.InstantCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.coders.VoidCoder;

/**
 * The closed list of coders that give back exactly what they were given, an immutable value. Their
 * elements need not be encoded at an edge. A coder that is not listed may change its element on the
 * way (schemas do, and pipelines rely on it).
 */
final class IdentityCoders {

  /** Values of these are equal as objects exactly when they are equal as bytes. */
  private static final Set<Class<?>> KEYS =
      Set.of(
          VarLongCoder.class,
          BigEndianLongCoder.class,
          VarIntCoder.class,
          BigEndianIntegerCoder.class,
          BooleanCoder.class,
          StringUtf8Coder.class);

  private static final Set<Class<?>> VALUES =
      Set.of(DoubleCoder.class, InstantCoder.class, VoidCoder.class);

  private IdentityCoders() {}

  /** Whether keys may be compared, and hashed for ever the same, as objects. */
  static boolean comparesAsObject(Coder<?> coder) {
    return KEYS.contains(coder.getClass());
  }

  static boolean isIdentity(Coder<?> coder) {
    if (coder instanceof KvCoder<?, ?> kv) {
      return isIdentity(kv.getKeyCoder()) && isIdentity(kv.getValueCoder());
    }
    if (coder instanceof NullableCoder<?> nullable) {
      return isIdentity(nullable.getValueCoder());
    }
    return KEYS.contains(coder.getClass()) || VALUES.contains(coder.getClass());
  }
}
