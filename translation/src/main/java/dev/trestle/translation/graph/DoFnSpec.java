package dev.trestle.translation.graph;

import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.DoFnSchemaInformation;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature;
import org.apache.beam.sdk.transforms.reflect.DoFnSignatures;
import org.apache.beam.sdk.util.SerializableUtils;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;

/**
 * A DoFn with all that is needed to call it in this JVM.
 *
 * @param template never called itself; every task works on a clone
 * @param outputTags the main tag first, in the order of {@link Node#outputs()}; the parts of a
 *     splittable DoFn that only make restrictions have one tag, {@code out}
 * @param outputCoders by tag
 * @param views the side inputs by local name, as the fn and its contexts ask for them
 * @param schema converters for schema parameters
 */
public record DoFnSpec(
    DoFn<?, ?> template,
    List<TupleTag<?>> outputTags,
    Map<TupleTag<?>, Coder<?>> outputCoders,
    Map<String, PCollectionView<?>> views,
    DoFnSchemaInformation schema) {

  public DoFnSpec {
    outputTags = List.copyOf(outputTags);
    outputCoders = Map.copyOf(outputCoders);
    views = Map.copyOf(views);
  }

  public DoFnSignature signature() {
    return DoFnSignatures.signatureForDoFn(template);
  }

  /** Whether input has to survive a crash unchanged before the fn may see it. */
  public boolean requiresStableInput() {
    return signature().processElement().requiresStableInput();
  }

  /** A fresh instance for one task. */
  public DoFn<?, ?> newInstance() {
    return SerializableUtils.clone(template);
  }

  public TupleTag<?> mainTag() {
    return outputTags.get(0);
  }
}
