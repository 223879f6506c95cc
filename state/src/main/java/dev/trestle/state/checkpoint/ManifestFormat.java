package dev.trestle.state.checkpoint;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The bytes of a {@link CheckpointManifest}, as {@code docs/checkpoint-format.md} has them. */
final class ManifestFormat {

  private static final int ID = 1;
  private static final int EPOCH = 2;
  private static final int JOB_NAME = 3;
  private static final int COMPLETED_MILLIS = 4;
  private static final int KIND = 5;
  private static final int KEY_GROUPS = 6;
  private static final int PIPELINE = 7;
  private static final int PROPERTY = 8;
  private static final int TASK = 9;

  private static final int PROPERTY_KEY = 1;
  private static final int PROPERTY_VALUE = 2;

  private static final int STAGE = 1;
  private static final int INDEX = 2;
  private static final int FIRST_KEY_GROUP = 3;
  private static final int END_KEY_GROUP = 4;
  private static final int FINISHED = 5;
  private static final int INPUT_WATERMARK = 6;
  private static final int OUTPUT_WATERMARK = 7;
  private static final int FILE = 8;

  private static final int FILE_NAME = 1;
  private static final int FILE_SHARED = 2;
  private static final int FILE_PATH = 3;
  private static final int FILE_LENGTH = 4;
  private static final int FILE_CRC32C = 5;

  private ManifestFormat() {}

  static byte[] encode(CheckpointManifest manifest) {
    FieldWriter out =
        new FieldWriter()
            .number(ID, manifest.id())
            .number(EPOCH, manifest.epoch())
            .text(JOB_NAME, manifest.jobName())
            .number(COMPLETED_MILLIS, manifest.completedMillis())
            .number(KIND, kindNumber(manifest.kind()))
            .number(KEY_GROUPS, manifest.keyGroups())
            .bytes(PIPELINE, manifest.pipeline().toArray());
    manifest
        .properties()
        .forEach(
            (key, value) ->
                out.fields(
                    PROPERTY,
                    new FieldWriter().text(PROPERTY_KEY, key).text(PROPERTY_VALUE, value)));
    for (CheckpointManifest.Task task : manifest.tasks()) {
      out.fields(TASK, task(task));
    }
    return Frame.MANIFEST.wrap(out.toBytes());
  }

  private static FieldWriter task(CheckpointManifest.Task task) {
    FieldWriter out =
        new FieldWriter()
            .text(STAGE, task.stage())
            .number(INDEX, task.index())
            .number(FIRST_KEY_GROUP, task.firstKeyGroup())
            .number(END_KEY_GROUP, task.endKeyGroup())
            .number(FINISHED, task.finished() ? 1 : 0)
            .number(INPUT_WATERMARK, task.inputWatermark())
            .number(OUTPUT_WATERMARK, task.outputWatermark());
    for (CheckpointManifest.File file : task.files()) {
      out.fields(
          FILE,
          new FieldWriter()
              .text(FILE_NAME, file.name())
              .number(FILE_SHARED, file.shared() ? 1 : 0)
              .text(FILE_PATH, file.path())
              .number(FILE_LENGTH, file.length())
              .number(FILE_CRC32C, Integer.toUnsignedLong(file.crc32c())));
    }
    return out;
  }

  /**
   * Reads a manifest.
   *
   * @param object its path, for errors
   * @throws CorruptCheckpointException if it is not what was written
   * @throws UnknownFormatException if a newer Trestle wrote it
   */
  static CheckpointManifest decode(String object, byte[] bytes) throws IOException {
    Fields in = Frame.MANIFEST.unwrap(object, bytes);
    Map<String, String> properties = new TreeMap<>();
    for (Fields property : in.nested(PROPERTY)) {
      properties.put(property.text(PROPERTY_KEY), property.text(PROPERTY_VALUE));
    }
    List<CheckpointManifest.Task> tasks = new ArrayList<>();
    for (Fields task : in.nested(TASK)) {
      tasks.add(task(task));
    }
    return new CheckpointManifest(
        CheckpointManifest.FORMAT_VERSION,
        in.number(ID),
        in.number(EPOCH),
        in.text(JOB_NAME),
        in.number(COMPLETED_MILLIS),
        kind(in, in.number(KIND)),
        in.smallNumber(KEY_GROUPS),
        Bytes.of(in.bytes(PIPELINE)),
        properties,
        tasks);
  }

  private static CheckpointManifest.Task task(Fields in) throws IOException {
    List<CheckpointManifest.File> files = new ArrayList<>();
    for (Fields file : in.nested(FILE)) {
      files.add(
          new CheckpointManifest.File(
              file.text(FILE_NAME),
              file.flag(FILE_SHARED),
              path(file, file.text(FILE_PATH)),
              file.number(FILE_LENGTH),
              (int) file.number(FILE_CRC32C)));
    }
    return new CheckpointManifest.Task(
        in.text(STAGE),
        in.smallNumber(INDEX),
        in.smallNumber(FIRST_KEY_GROUP),
        in.smallNumber(END_KEY_GROUP),
        in.flag(FINISHED),
        in.number(INPUT_WATERMARK),
        in.number(OUTPUT_WATERMARK),
        files);
  }

  private static String path(Fields in, String path) throws CorruptCheckpointException {
    try {
      return ObjectPath.check(path);
    } catch (IllegalArgumentException e) {
      throw in.malformed("names an object '" + path + "'");
    }
  }

  static int kindNumber(CheckpointManifest.Kind kind) {
    return switch (kind) {
      case CHECKPOINT -> 1;
      case SAVEPOINT -> 2;
    };
  }

  static CheckpointManifest.Kind kind(Fields in, long number) throws CorruptCheckpointException {
    if (number == 1) {
      return CheckpointManifest.Kind.CHECKPOINT;
    }
    if (number == 2) {
      return CheckpointManifest.Kind.SAVEPOINT;
    }
    throw in.malformed("is of unknown kind " + number);
  }
}
