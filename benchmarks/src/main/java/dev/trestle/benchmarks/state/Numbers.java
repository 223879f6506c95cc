package dev.trestle.benchmarks.state;

import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/** Which key is next: numbers from 0 on, each belonging to one of several tasks. */
final class Numbers {

  /** As in YCSB. */
  private static final double EXPONENT = 0.99;

  private Numbers() {}

  static LongSupplier uniform(long count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return () -> random.nextLong(count);
  }

  /**
   * Zipf's distribution, by rejection and inversion (W. Hörmann, G. Derflinger: Rejection-inversion
   * to generate variates from monotone discrete distributions, 1996).
   */
  static LongSupplier zipf(long count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double first = integral(1.5) - 1;
    double last = integral(count + 0.5);
    double s = 2 - inverse(integral(2.5) - density(2));
    return () -> {
      while (true) {
        double u = last + random.nextDouble() * (first - last);
        double x = inverse(u);
        long k = Math.max(1, Math.min(count, (long) (x + 0.5)));
        if (k - x <= s || u >= integral(k + 0.5) - density((double) k)) {
          return k - 1;
        }
      }
    };
  }

  private static double density(double x) {
    return Math.exp(-EXPONENT * Math.log(x));
  }

  private static double integral(double x) {
    return Math.expm1((1 - EXPONENT) * Math.log(x)) / (1 - EXPONENT);
  }

  private static double inverse(double x) {
    return Math.exp(Math.log1p(x * (1 - EXPONENT)) / (1 - EXPONENT));
  }
}
