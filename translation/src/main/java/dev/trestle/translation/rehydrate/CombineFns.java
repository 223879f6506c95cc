package dev.trestle.translation.rehydrate;

import org.apache.beam.model.pipeline.v1.RunnerApi.CombinePayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.FunctionSpec;
import org.apache.beam.sdk.transforms.CombineFnBase.GlobalCombineFn;
import org.apache.beam.sdk.util.SerializableUtils;

/** Reads the combine fns that the Java SDK wrote. */
public final class CombineFns {
  /** The constant of Beam's {@code CombineTranslation} is not public. */
  private static final String JAVA_COMBINE_FN = "beam:combinefn:javasdk:v1";

  /** Not for instances. */
  private CombineFns() {}

  /**
   * Reads a combine fn.
   *
   * @throws IllegalArgumentException if it is not a Java one
   */
  public static GlobalCombineFn<?, ?, ?> read(CombinePayload payload) {
    FunctionSpec fn = payload.getCombineFn();
    if (!fn.getUrn().equals(JAVA_COMBINE_FN)) {
      throw new IllegalArgumentException("not a Java combine fn: " + fn.getUrn());
    }
    return (GlobalCombineFn<?, ?, ?>)
        SerializableUtils.deserializeFromByteArray(fn.getPayload().toByteArray(), "combine fn");
  }
}
