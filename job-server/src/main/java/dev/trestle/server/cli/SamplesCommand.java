package dev.trestle.server.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import picocli.CommandLine.Command;

/** Shows elements that are on their way through a job. */
@Command(
    name = "samples",
    description = "Shows some of the elements that a job's SDK workers have processed lately.",
    footer = {
      "",
      "Workers sample where the pipeline has been submitted with",
      "--experiments=enable_data_sampling; with enable_always_on_exception_sampling only what",
      "makes a transform fail. A sample is shown once. What only its SDK can read is shown as bytes."
    })
public final class SamplesCommand extends JobQuery {

  public SamplesCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void show(KnownJob job) {
    List<Struct> samples = job.serverOr("samples").samples(job.id());
    if (isJson()) {
      terminal()
          .out()
          .println(JobsJson.ofSamples(samples.stream().map(SamplesCommand::texts).toList()));
      return;
    }
    if (samples.isEmpty()) {
      terminal().err().println("trestle: nothing has been sampled since it was asked last");
    }
    Map<String, StringBuilder> byProducer = new TreeMap<>();
    for (Struct sample : samples) {
      Map<String, String> texts = texts(sample);
      byProducer
          .computeIfAbsent(texts.getOrDefault("producer", ""), producer -> new StringBuilder())
          .append(lines(texts));
    }
    byProducer.forEach((producer, lines) -> terminal().out().printf("%s%n%s", producer, lines));
  }

  private static Map<String, String> texts(Struct sample) {
    Map<String, String> texts = new LinkedHashMap<>();
    sample.getFieldsMap().forEach((name, value) -> texts.put(name, value.getStringValue()));
    return texts;
  }

  private static String lines(Map<String, String> sample) {
    String element = "  " + sample.getOrDefault("element", "") + "\n";
    String error = sample.getOrDefault("error", "").strip();
    return error.isEmpty()
        ? element
        : element
            + "    failed in "
            + sample.getOrDefault("failedIn", "")
            + ":\n"
            + error.indent("      ".length());
  }
}
