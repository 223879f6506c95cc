package dev.trestle.runner.recovery;

import dev.trestle.runner.TrestlePipelineOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;

/** A job for a process that is killed: numbers, a file for each window and shard, in three ways. */
final class FilesMain {

  static final long LIMIT = 60_000;
  static final String TEXT = "text";
  static final String FILES = "files";
  static final String BY_RESIDUE = "residues";
  static final int RESIDUES = 3;

  private static final int WINDOW_MILLIS = 5_000;
  private static final int SHARDS = 2;

  private FilesMain() {}

  /** Takes the path of a directory and the pipeline's options. */
  public static void main(String[] args) {
    String directory = args[0];
    String[] rest = new String[args.length - 1];
    System.arraycopy(args, 1, rest, 0, rest.length);
    Pipeline pipeline =
        Pipeline.create(PipelineOptionsFactory.fromArgs(rest).as(TrestlePipelineOptions.class));
    PCollection<String> lines =
        pipeline
            .apply(Read.from(new Numbers(LIMIT)))
            .apply(Window.into(FixedWindows.of(Duration.millis(WINDOW_MILLIS))))
            .apply(MapElements.into(TypeDescriptors.strings()).via(number -> "" + number));
    lines.apply(
        TEXT,
        TextIO.write()
            .to(directory + "/" + TEXT + "/n")
            .withWindowedWrites()
            .withNumShards(SHARDS));
    lines.apply(
        FILES,
        FileIO.<String>write()
            .via(TextIO.sink())
            .to(directory + "/" + FILES)
            .withNumShards(SHARDS));
    lines.apply(
        BY_RESIDUE,
        FileIO.<Long, String>writeDynamic()
            .by(line -> Long.parseLong(line) % RESIDUES)
            .withDestinationCoder(VarLongCoder.of())
            .via(TextIO.sink())
            .to(directory + "/" + BY_RESIDUE)
            .withNaming(residue -> FileIO.Write.defaultNaming(residue + "-of", ""))
            .withNumShards(SHARDS));
    pipeline.run().waitUntilFinish();
  }
}
