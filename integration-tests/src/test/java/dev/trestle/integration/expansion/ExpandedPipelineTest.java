package dev.trestle.integration.expansion;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dev.trestle.server.TrestleCommand;
import dev.trestle.server.cli.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.model.pipeline.v1.ExternalTransforms.ExternalConfigurationPayload;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.RowCoder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.SchemaTranslation;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.util.construction.External;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job server with an expansion service beside it, and a pipeline with a transform of that. */
class ExpandedPipelineTest {

  private static final Pattern READY =
      Pattern.compile("expansion-service endpoint=(\\S+)\nready endpoint=(\\S+)\n");

  /** Where the server finds the service: here it has the class path of the tests. */
  private static final String PROPERTY = "trestle.expansion";

  @TempDir Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private Thread server;
  private String expansion;
  private String endpoint;

  @BeforeEach
  void start() throws Exception {
    System.setProperty(PROPERTY, System.getProperty("java.class.path"));
    Terminal terminal = new Terminal(new PrintStream(out, true, UTF_8), System.err);
    server =
        new Thread(
            () ->
                TrestleCommand.run(
                    terminal,
                    "server",
                    "--port=0",
                    "--directory=" + directory,
                    "--expansion-service=0"),
            "server-command");
    server.start();
    Matcher ready = READY.matcher(out.toString(UTF_8));
    while (!ready.find()) {
      assertThat("the server runs", server.isAlive(), is(true));
      Thread.sleep(10);
      ready = READY.matcher(out.toString(UTF_8));
    }
    expansion = ready.group(1);
    endpoint = ready.group(2);
  }

  @AfterEach
  void end() throws InterruptedException {
    server.interrupt();
    server.join();
    System.clearProperty(PROPERTY);
  }

  @Test
  void expandedTransformRunsInWorkersOfTheServer() throws Exception {
    PipelineOptions options =
        PipelineOptionsFactory.fromArgs(
                "--runner=TestTrestleRunner",
                "--endpoint=" + endpoint,
                "--defaultEnvironmentType=EMBEDDED")
            .create();
    Pipeline pipeline = Pipeline.create(options);
    PCollection<Long> numbers =
        pipeline.apply(
            "Numbers",
            External.<PBegin, Long>of(GenerateSequence.External.URN, sequence(0, 100), expansion));
    PAssert.thatSingleton(numbers.apply(Sum.longsGlobally())).isEqualTo(4950L);

    pipeline.run().waitUntilFinish();
  }

  /** What the transform is told. */
  private static byte[] sequence(long start, long stop) throws CoderException {
    Schema schema = Schema.builder().addInt64Field("start").addInt64Field("stop").build();
    Row row = Row.withSchema(schema).addValues(start, stop).build();
    return ExternalConfigurationPayload.newBuilder()
        .setSchema(SchemaTranslation.schemaToProto(schema, true))
        .setPayload(ByteString.copyFrom(CoderUtils.encodeToByteArray(RowCoder.of(schema), row)))
        .build()
        .toByteArray();
  }
}
