package dev.trestle.validates.junit.samples;

/** Stand-ins for Beam's categories. */
public final class Categories {
  private Categories() {}

  /** The category of a suite. */
  public interface Wanted {}

  /** A narrower one. */
  public interface WantedToo extends Wanted {}

  /** Not of the suite. */
  public interface Other {}

  /** Leaves a test out. */
  public interface Unreachable {}

  /** Leaves a test out, too. */
  public interface UnreachableToo {}
}
