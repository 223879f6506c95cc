package dev.trestle.translation.transform;

import static java.util.Map.entry;

import java.util.Map;
import org.apache.beam.sdk.util.construction.PTransformTranslation;

/** What Trestle does, and what it refuses, by URN. */
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

  private static final String OPTIMISED =
      "submit the pipeline as the SDK builds it, without pre-optimisation";

  /** Remedies for transforms that are known but not done. */
  private static final Map<String, String> REMEDIES =
      Map.of(
          PTransformTranslation.COMBINE_PER_KEY_PRECOMBINE_TRANSFORM_URN, OPTIMISED,
          PTransformTranslation.COMBINE_PER_KEY_MERGE_ACCUMULATORS_TRANSFORM_URN, OPTIMISED,
          PTransformTranslation.COMBINE_PER_KEY_EXTRACT_OUTPUTS_TRANSFORM_URN, OPTIMISED,
          PTransformTranslation.COMBINE_PER_KEY_CONVERT_TO_ACCUMULATORS_TRANSFORM_URN, OPTIMISED,
          PTransformTranslation.SPLITTABLE_TRUNCATE_SIZED_RESTRICTION_URN, OPTIMISED,
          PTransformTranslation.MAP_WINDOWS_TRANSFORM_URN, OPTIMISED,
          PTransformTranslation.MERGE_WINDOWS_TRANSFORM_URN, OPTIMISED);

  static String remedy(String urn) {
    return REMEDIES.getOrDefault(urn, "expand it into transforms of the Beam model");
  }
}
