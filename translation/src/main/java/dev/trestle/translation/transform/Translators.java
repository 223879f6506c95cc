package dev.trestle.translation.transform;

import static java.util.Map.entry;

import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.util.construction.PTransformTranslation;

/** What Trestle does without an SDK harness, by URN. */
final class Translators {
  /** Not for instances. */
  private Translators() {}

  /** A composite that is found here is translated as a whole; its parts are not looked at. */
  static final Map<String, TransformTranslator> BY_URN =
      Map.ofEntries(
          entry(PTransformTranslation.IMPULSE_TRANSFORM_URN, Sources::impulse),
          entry("beam:transform:read:v1", Sources::read), // Beam deprecates its constant
          entry(PTransformTranslation.TEST_STREAM_TRANSFORM_URN, Sources::testStream),
          entry(PTransformTranslation.PAR_DO_TRANSFORM_URN, ParDos::parDo),
          entry(
              PTransformTranslation.SPLITTABLE_PAIR_WITH_RESTRICTION_URN,
              ParDos::pairWithRestriction),
          entry(
              PTransformTranslation.SPLITTABLE_SPLIT_AND_SIZE_RESTRICTIONS_URN,
              ParDos::splitAndSize),
          entry(
              PTransformTranslation.SPLITTABLE_PROCESS_SIZED_ELEMENTS_AND_RESTRICTIONS_URN,
              ParDos::processSized),
          entry(PTransformTranslation.FLATTEN_TRANSFORM_URN, Windows::flatten),
          entry(PTransformTranslation.ASSIGN_WINDOWS_TRANSFORM_URN, Windows::assign),
          entry(PTransformTranslation.GROUP_BY_KEY_TRANSFORM_URN, Groupings::groupByKey),
          entry(PTransformTranslation.COMBINE_PER_KEY_TRANSFORM_URN, Groupings::combinePerKey),
          entry(
              PTransformTranslation.COMBINE_GROUPED_VALUES_TRANSFORM_URN,
              Groupings::combineGroupedValues),
          entry(PTransformTranslation.RESHUFFLE_URN, Groupings::redistribute),
          entry(PTransformTranslation.REDISTRIBUTE_ARBITRARILY_URN, Groupings::redistribute),
          entry(PTransformTranslation.REDISTRIBUTE_BY_KEY_URN, Groupings::redistributeByKey));

  /**
   * The translator for a URN.
   *
   * @throws IllegalArgumentException if there is none
   */
  static TransformTranslator of(String urn) {
    TransformTranslator translator = BY_URN.get(urn);
    if (translator == null) {
      throw new IllegalArgumentException("no translator for " + urn);
    }
    return translator;
  }

  /** What the runner does itself, wherever it comes from, without looking into elements. */
  static final Set<String> PASSING_ON =
      Set.of(
          PTransformTranslation.IMPULSE_TRANSFORM_URN,
          PTransformTranslation.TEST_STREAM_TRANSFORM_URN,
          PTransformTranslation.FLATTEN_TRANSFORM_URN,
          PTransformTranslation.GROUP_BY_KEY_TRANSFORM_URN,
          PTransformTranslation.RESHUFFLE_URN,
          PTransformTranslation.REDISTRIBUTE_ARBITRARILY_URN,
          PTransformTranslation.REDISTRIBUTE_BY_KEY_URN);
}
