package dev.trestle.server.jobs;

import dev.trestle.runner.TrestlePipelineOptions;
import dev.trestle.runner.TrestleRunner;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.beam.model.jobmanagement.v1.JobApi.PipelineOptionDescriptor;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.util.construction.PipelineOptionsTranslation;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Value;
import org.jspecify.annotations.Nullable;

/**
 * Pipeline options as clients send them: a struct with keys like {@code
 * beam:option:checkpoint_dir:v1}. Those that are the runner's are read; the others belong to the
 * SDK and reach its workers untouched.
 */
public final class SubmittedOptions {

  private static final String PREFIX = PipelineOptionsTranslation.PIPELINE_OPTIONS_URN_PREFIX;
  private static final String SUFFIX = PipelineOptionsTranslation.PIPELINE_OPTIONS_URN_SUFFIX;

  /** Options that Go's flags have not been written for travel in here. */
  private static final String GO_OPTIONS = "go_options";

  /** The experiment with which workers keep some elements for those who want to look at them. */
  static final String DATA_SAMPLING = "enable_data_sampling";

  /** The same, only for elements that make a transform fail. */
  private static final String EXCEPTION_SAMPLING = "enable_always_on_exception_sampling";

  private static final String PARALLELISM = "parallelism";
  private static final String SDK_WORKERS = "sdk_worker_parallelism";

  /** Of one environment of a job. */
  private static final int MOST_SDK_WORKERS = 128;

  /** What says how the client is to reach the server. */
  private static final Set<String> OF_THE_CLIENT =
      Set.of("runner", "endpoint", "endpoint_certificates");

  /**
   * Beam holds the options that it has read last for each id, for good, in case a ValueProvider
   * asks. Those of the server have none of these, and one id.
   */
  private static final String ID = "options_id";

  private static final Value THE_ONLY_ID = Value.newBuilder().setNumberValue(0).build();

  private SubmittedOptions() {}

  /** The runner's own options, with their types, defaults and what they are for. */
  public static List<PipelineOptionDescriptor> describe() {
    return PipelineOptionsFactory.describe(Set.of(TrestlePipelineOptions.class)).stream()
        .filter(each -> each.getGroup().equals(TrestlePipelineOptions.class.getName()))
        .toList();
  }

  /**
   * Reads options.
   *
   * @throws IllegalArgumentException naming one whose value cannot be read
   */
  static TrestlePipelineOptions read(Struct submitted) {
    Map<String, Value> known = values(submitted);
    known.keySet().removeAll(OF_THE_CLIENT);
    if (number(known.get(PARALLELISM)) < 0) {
      known.remove(PARALLELISM); // Go's and Python's way to say nothing
    }
    known.put(ID, THE_ONLY_ID);
    Struct.Builder struct = Struct.newBuilder();
    known.forEach((name, value) -> struct.putFields(PREFIX + name + SUFFIX, value));
    TrestlePipelineOptions options;
    try {
      options =
          PipelineOptionsTranslation.fromProto(struct.build()).as(TrestlePipelineOptions.class);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "The pipeline options cannot be read: " + e.getMessage(), e);
    }
    options.setRunner(TrestleRunner.class);
    checkValues(options, known);
    int workers = sdkWorkers(submitted);
    if (workers > MOST_SDK_WORKERS) {
      throw new IllegalArgumentException(
          "--" + SDK_WORKERS + "=" + workers + ": must be from 0 to " + MOST_SDK_WORKERS);
    }
    return options;
  }

  /** All options by their names, those that are null excluded. */
  static Map<String, Value> values(Struct submitted) {
    Map<String, Value> values = new TreeMap<>();
    submitted
        .getFieldsMap()
        .forEach(
            (key, value) -> {
              if (isOption(key) && !value.hasNullValue()) {
                values.put(name(key), value);
              }
            });
    ofGo(values.getOrDefault(GO_OPTIONS, Value.getDefaultInstance()))
        .getFieldsMap()
        .forEach(values::putIfAbsent);
    return values;
  }

  /** Whether the client has named the job in its options. */
  static boolean hasName(Struct submitted) {
    return !text(submitted, "job_name").isEmpty();
  }

  /** How many workers of an environment there are to be; one unless told otherwise. */
  static int sdkWorkers(Struct submitted) {
    Value value =
        submitted.getFieldsOrDefault(PREFIX + SDK_WORKERS + SUFFIX, Value.getDefaultInstance());
    int workers = (int) number(value);
    return workers > 0 ? workers : 1;
  }

  /** Whether the workers live in the client's process. */
  static boolean isLoopback(Struct submitted) {
    return text(submitted, "environment_type").equals("LOOPBACK")
        || text(submitted, "default_environment_type").equals("LOOPBACK");
  }

  /** Whether workers are to keep elements for those who want to look at them. */
  static boolean isSampled(Struct submitted) {
    Value experiments = values(submitted).getOrDefault("experiments", Value.getDefaultInstance());
    Stream<String> names =
        experiments.hasListValue()
            ? experiments.getListValue().getValuesList().stream().map(Value::getStringValue)
            : Stream.of(experiments.getStringValue().split(",")); // Go's
    return names.anyMatch(name -> name.equals(DATA_SAMPLING) || name.equals(EXCEPTION_SAMPLING));
  }

  private static String text(Struct submitted, String name) {
    Value own = submitted.getFieldsOrDefault(PREFIX + name + SUFFIX, Value.getDefaultInstance());
    Value go =
        submitted.getFieldsOrDefault(PREFIX + GO_OPTIONS + SUFFIX, Value.getDefaultInstance());
    return own.hasStringValue()
        ? own.getStringValue()
        : ofGo(go).getFieldsOrDefault(name, Value.getDefaultInstance()).getStringValue();
  }

  private static boolean isOption(String key) {
    return key.startsWith(PREFIX)
        && key.endsWith(SUFFIX)
        && key.length() > PREFIX.length() + SUFFIX.length();
  }

  private static String name(String key) {
    return key.substring(PREFIX.length(), key.length() - SUFFIX.length());
  }

  private static Struct ofGo(Value options) {
    return options
        .getStructValue()
        .getFieldsOrDefault("options", Value.getDefaultInstance())
        .getStructValue();
  }

  private static double number(@Nullable Value value) {
    if (value == null) {
      return 0;
    }
    try {
      return value.hasStringValue()
          ? Double.parseDouble(value.getStringValue())
          : value.getNumberValue();
    } catch (NumberFormatException e) {
      return 0; // refused with the others
    }
  }

  /** Has each of the runner's options read, which Beam does no earlier than it must. */
  private static void checkValues(TrestlePipelineOptions options, Map<String, Value> known) {
    for (Method method : TrestlePipelineOptions.class.getDeclaredMethods()) {
      if (method.getParameterCount() == 0) {
        try {
          method.invoke(options);
        } catch (InvocationTargetException e) {
          throw unreadable(method, known, e.getCause());
        } catch (IllegalAccessException e) {
          throw new IllegalStateException("The interface is public", e);
        }
      }
    }
    try {
      options.isStreaming();
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("--streaming: must be true or false", e);
    }
  }

  private static IllegalArgumentException unreadable(
      Method getter, Map<String, Value> known, @Nullable Throwable cause) {
    List<String> words = new ArrayList<>();
    String property = getter.getName().replaceFirst("^(get|is)", "");
    for (String word : property.split("(?=[A-Z])", -1)) {
      words.add(word.toLowerCase(Locale.ROOT));
    }
    String name = String.join("_", words);
    Value value = known.getOrDefault(name, Value.getDefaultInstance());
    return new IllegalArgumentException(
        "--" + name + "=" + value.getStringValue() + ": not a value of this option", cause);
  }
}
