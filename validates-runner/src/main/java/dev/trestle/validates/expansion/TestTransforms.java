package dev.trestle.validates.expansion;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.expansion.ExternalTransformRegistrar;
import org.apache.beam.sdk.transforms.ExternalTransformBuilder;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Partition;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.PInput;
import org.apache.beam.sdk.values.POutput;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * Transforms by URN, as {@code sdks/go/test/integration/xlang} of Beam uses them: each does what
 * its name says, to the types that the tests have.
 */
public final class TestTransforms implements ExternalTransformRegistrar {
  private static final String PREFIX = "beam:transforms:xlang:test:";

  @Override
  public Map<String, ExternalTransformBuilder<?, ?, ?>> knownBuilderInstances() {
    Map<String, ExternalTransformBuilder<?, ?, ?>> builders = new HashMap<>();
    builders.put(PREFIX + "prefix", new PrefixBuilder());
    builders.put(PREFIX + "multi", of(TestTransforms::multi));
    builders.put(PREFIX + "gbk", of(TestTransforms::group));
    builders.put(PREFIX + "cgbk", of(TestTransforms::groupTogether));
    builders.put(PREFIX + "comgl", of(TestTransforms::sum));
    builders.put(PREFIX + "compk", of(TestTransforms::sumPerKey));
    builders.put(PREFIX + "flatten", of(TestTransforms::flatten));
    builders.put(PREFIX + "partition", of(TestTransforms::partition));
    return builders;
  }

  private static PCollectionTuple multi(PCollectionTuple inputs) {
    PCollection<String> side = inputs.get(new TupleTag<String>("side"));
    PCollectionView<String> view = side.apply("View", View.asSingleton());
    PCollection<String> main =
        PCollectionList.of(inputs.get(new TupleTag<String>("main1")))
            .and(inputs.get(new TupleTag<String>("main2")))
            .apply("Flatten", Flatten.pCollections())
            .apply("Append", ParDo.of(new AppendFn(view)).withSideInputs(view))
            .setCoder(StringUtf8Coder.of());
    PCollection<String> twice =
        side.apply("Twice", MapElements.into(TypeDescriptors.strings()).via((String x) -> x + x));
    return PCollectionTuple.of(new TupleTag<String>("main"), main)
        .and(new TupleTag<String>("side"), twice);
  }

  private static PCollection<KV<String, Iterable<Long>>> group(
      PCollection<KV<String, Long>> input) {
    return input.apply("Group", GroupByKey.create());
  }

  private static PCollection<KV<Long, Iterable<String>>> groupTogether(PCollectionTuple inputs) {
    return PCollectionList.of(inputs.get(new TupleTag<KV<Long, String>>("col1")))
        .and(inputs.get(new TupleTag<KV<Long, String>>("col2")))
        .apply("Flatten", Flatten.pCollections())
        .apply("Group", GroupByKey.create());
  }

  private static PCollection<Long> sum(PCollection<Long> input) {
    return input.apply("Sum", Sum.longsGlobally());
  }

  private static PCollection<KV<String, Long>> sumPerKey(PCollection<KV<String, Long>> input) {
    return input.apply("Sum", Sum.longsPerKey());
  }

  private static PCollection<Long> flatten(PCollectionTuple inputs) {
    PCollectionList<Long> all = PCollectionList.empty(inputs.getPipeline());
    for (TupleTag<?> tag : List.copyOf(inputs.getAll().keySet())) {
      all = all.and(inputs.get(new TupleTag<Long>(tag.getId())));
    }
    return all.apply("Flatten", Flatten.pCollections());
  }

  private static PCollectionTuple partition(PCollection<Long> input) {
    PCollectionList<Long> parts =
        input.apply("Partition", Partition.of(2, (element, n) -> (int) (element % 2)));
    return PCollectionTuple.of(new TupleTag<Long>("0"), parts.get(0).setCoder(VarLongCoder.of()))
        .and(new TupleTag<Long>("1"), parts.get(1).setCoder(VarLongCoder.of()));
  }

  private static <InT extends PInput, OutT extends POutput> Builder<InT, OutT> of(
      Function<InT, OutT> expansion) {
    return new Builder<>(expansion);
  }

  /** Of transforms that take no parameters. */
  public static final class NoConfiguration {}

  /** Of the transform that puts a prefix before each element. */
  public static final class PrefixConfiguration {
    private String data = "";

    public void setData(String data) {
      this.data = data;
    }
  }

  /** A class and no lambda: the service reads the configuration's type from the declaration. */
  private record Builder<InT extends PInput, OutT extends POutput>(Function<InT, OutT> expansion)
      implements ExternalTransformBuilder<NoConfiguration, InT, OutT> {
    @Override
    public PTransform<InT, OutT> buildExternal(NoConfiguration configuration) {
      return new Expansion<>(expansion);
    }
  }

  private static final class PrefixBuilder
      implements ExternalTransformBuilder<
          PrefixConfiguration, PCollection<String>, PCollection<String>> {
    @Override
    public PTransform<PCollection<String>, PCollection<String>> buildExternal(
        PrefixConfiguration configuration) {
      String prefix = configuration.data;
      return new Expansion<>(
          input ->
              input.apply(
                  "Prefix",
                  MapElements.into(TypeDescriptors.strings()).via((String x) -> prefix + x)));
    }
  }

  @SuppressWarnings("serial") // Is expanded at once, and never written.
  private static final class Expansion<InT extends PInput, OutT extends POutput>
      extends PTransform<InT, OutT> {
    private final transient Function<InT, OutT> expansion;

    private Expansion(Function<InT, OutT> expansion) {
      this.expansion = expansion;
    }

    @Override
    public OutT expand(InT input) {
      return expansion.apply(input);
    }
  }
}
