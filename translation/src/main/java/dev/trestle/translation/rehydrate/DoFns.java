package dev.trestle.translation.rehydrate;

import dev.trestle.translation.graph.DoFnSpec;
import dev.trestle.translation.steps.Vertex.Port;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi.FunctionSpec;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.util.DoFnWithExecutionInformation;
import org.apache.beam.sdk.util.construction.ParDoTranslation;
import org.apache.beam.sdk.values.TupleTag;

/** Reads the DoFns that the Java SDK wrote. */
public final class DoFns {
  /** Not for instances. */
  private DoFns() {}

  public static DoFnWithExecutionInformation read(FunctionSpec spec) {
    return ParDoTranslation.doFnWithExecutionInformationFromProto(spec);
  }

  /** The fn together with the outputs that one step of it has. */
  public static DoFnSpec spec(DoFnWithExecutionInformation fn, List<Port> ports) {
    List<TupleTag<?>> tags = new ArrayList<>();
    Map<TupleTag<?>, Coder<?>> coders = new LinkedHashMap<>();
    for (Port port : ports) {
      TupleTag<?> tag = new TupleTag<>(port.tag());
      tags.add(tag);
      coders.put(tag, port.collection().coder());
    }
    return new DoFnSpec(
        fn.getDoFn(), tags, coders, fn.getSideInputMapping(), fn.getSchemaInformation());
  }
}
