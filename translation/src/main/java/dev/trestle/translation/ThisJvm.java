package dev.trestle.translation;

import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;

/** The environment of fns that the runner calls directly, without an SDK harness. */
public final class ThisJvm {
  private static final String URN = "trestle:environment:this_jvm:v1";

  /** Not for instances. */
  private ThisJvm() {}

  public static Environment environment() {
    return Environment.newBuilder().setUrn(URN).build();
  }

  /** Whether an environment is this one; resource hints make no difference. */
  public static boolean is(Environment environment) {
    return environment.getUrn().equals(URN);
  }
}
