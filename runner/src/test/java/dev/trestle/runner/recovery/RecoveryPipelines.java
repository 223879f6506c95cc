package dev.trestle.runner.recovery;

import java.util.List;
import java.util.stream.Stream;

/** All pipelines that have to survive crashes. */
final class RecoveryPipelines {

  /** So many numbers are read. */
  static final long LIMIT = 600;

  private RecoveryPipelines() {}

  static List<RecoveryPipeline> all() {
    return Stream.of(
            GroupingPipelines.all(),
            TriggerPipelines.all(),
            LibraryPipelines.all(),
            StatePipelines.all(),
            TimerPipelines.all(),
            SideInputPipelines.all(),
            SourcePipelines.all(),
            CommitPipelines.all(),
            HarnessPipelines.all(),
            KeyedHarnessPipelines.all())
        .flatMap(List::stream)
        .toList();
  }
}
