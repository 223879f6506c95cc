package dev.trestle.runner;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files that Beam numbers within a bundle: all that is written at a time has to be in one, or one
 * replaces another.
 */
final class FileWritesTest {

  private static final int ELEMENTS = 100;

  @TempDir Path directory;

  private static final class Linger extends DoFn<Integer, String> {
    @ProcessElement
    public void process(@Element Integer element, OutputReceiver<String> out)
        throws InterruptedException {
      Thread.sleep(element % 7 * 10L);
      out.output(Integer.toString(element));
    }
  }

  @Test
  void noFileReplacesAnother() throws Exception {
    TrestlePipelineOptions options =
        PipelineOptionsFactory.create().as(TrestlePipelineOptions.class);
    options.setRunner(TrestleRunner.class);
    options.setParallelism(4);
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply(Create.of(IntStream.range(0, ELEMENTS).boxed().toList()))
        .apply(Reshuffle.viaRandomKey())
        .apply(ParDo.of(new Linger()))
        .apply(FileIO.<String>write().via(TextIO.sink()).to(directory.toString()));
    assertThat(pipeline.run().waitUntilFinish(), is(State.DONE));
    assertThat(lines().size(), is(ELEMENTS));
  }

  private List<String> lines() throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    return lines;
  }
}
