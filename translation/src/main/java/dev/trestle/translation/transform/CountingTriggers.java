package dev.trestle.translation.transform;

import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi.Trigger;

/**
 * Triggers that look at single elements: those that count them, and the one that fires for every
 * element. To all others it makes no difference whether elements come one by one.
 */
public final class CountingTriggers {
  /** Not for instances. */
  private CountingTriggers() {}

  /** Whether a trigger is such a one, or has one in it. */
  public static boolean counts(Trigger trigger) {
    return switch (trigger.getTriggerCase()) {
      case DEFAULT, NEVER, AFTER_PROCESSING_TIME, AFTER_SYNCHRONIZED_PROCESSING_TIME -> false;
      case AFTER_END_OF_WINDOW -> {
        Trigger.AfterEndOfWindow end = trigger.getAfterEndOfWindow();
        yield (end.hasEarlyFirings() && counts(end.getEarlyFirings()))
            || (end.hasLateFirings() && counts(end.getLateFirings()));
      }
      case REPEAT -> counts(trigger.getRepeat().getSubtrigger());
      case OR_FINALLY ->
          counts(trigger.getOrFinally().getMain()) || counts(trigger.getOrFinally().getFinally());
      case AFTER_ALL -> anyCounts(trigger.getAfterAll().getSubtriggersList());
      case AFTER_ANY -> anyCounts(trigger.getAfterAny().getSubtriggersList());
      case AFTER_EACH -> anyCounts(trigger.getAfterEach().getSubtriggersList());
      case ELEMENT_COUNT, ALWAYS, TRIGGER_NOT_SET -> true;
    };
  }

  private static boolean anyCounts(List<Trigger> triggers) {
    return triggers.stream().anyMatch(CountingTriggers::counts);
  }
}
