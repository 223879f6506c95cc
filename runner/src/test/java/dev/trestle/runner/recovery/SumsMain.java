package dev.trestle.runner.recovery;

import dev.trestle.runner.TrestlePipelineOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;

/** A job for a process that is killed: sums of numbers by window and key, appended to a file. */
final class SumsMain {

  static final long LIMIT = 60_000;
  static final int KEYS = 17;
  static final int WINDOW_MILLIS = 1000;

  private SumsMain() {}

  /** Takes the path of the file and the pipeline's options. */
  public static void main(String[] args) {
    String file = args[0];
    String[] rest = new String[args.length - 1];
    System.arraycopy(args, 1, rest, 0, rest.length);
    Pipeline pipeline =
        Pipeline.create(PipelineOptionsFactory.fromArgs(rest).as(TrestlePipelineOptions.class));
    pipeline
        .apply(Read.from(new Numbers(LIMIT)))
        .apply(Window.into(FixedWindows.of(Duration.millis(WINDOW_MILLIS))))
        .apply(WithKeys.of((Long n) -> n % KEYS).withKeyType(TypeDescriptors.longs()))
        .apply(Sum.longsPerKey())
        .apply(ParDo.of(new Append(file)));
    pipeline.run().waitUntilFinish();
  }

  private static final class Append extends DoFn<KV<Long, Long>, Void> {
    private final String file;

    Append(String file) {
      this.file = file;
    }

    @ProcessElement
    public void process(@Element KV<Long, Long> element, BoundedWindow window) throws IOException {
      long number = window.maxTimestamp().getMillis() / WINDOW_MILLIS;
      String line = element.getKey() + " " + number + " " + element.getValue() + "\n";
      Files.write(Path.of(file), line.getBytes(StandardCharsets.UTF_8), StandardOpenOption.APPEND);
    }
  }
}
