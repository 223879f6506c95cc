package dev.trestle.runner.group;

import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.StatelessOperator;
import dev.trestle.translation.graph.Step;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** Combines the values that a GroupByKey before it has gathered. */
public final class CombineGroupedValuesOperator extends StatelessOperator {

  private final Combiner combiner;
  private final Receiver output;
  private @Nullable MetricsContainer metrics;

  public CombineGroupedValuesOperator(Step.CombineGroupedValues step, Receiver output) {
    combiner = new Combiner(step.combineFn());
    this.output = output;
  }

  @Override
  public void open(OperatorContext context) {
    combiner.open(context.options());
    metrics = context.metrics();
  }

  @Override
  public void accept(
      @Nullable Object value,
      Instant timestamp,
      Object windows,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    if (!(value instanceof KV<?, ?> grouped) || !(grouped.getValue() instanceof Iterable<?> all)) {
      throw new IllegalArgumentException("Only grouped values can be combined, not " + value);
    }
    output.accept(KV.of(grouped.getKey(), combine(all)), timestamp, windows, pane, metadata);
  }

  private @Nullable Object combine(Iterable<?> values) {
    MetricsContainer before = MetricsEnvironment.setCurrentContainer(metrics);
    try {
      Object accumulator = combiner.create();
      for (Object value : values) {
        accumulator = combiner.add(accumulator, value);
      }
      return combiner.extract(accumulator);
    } finally {
      MetricsEnvironment.setCurrentContainer(before);
    }
  }
}
