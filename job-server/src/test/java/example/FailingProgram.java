package example;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;

/** A user's program whose DoFn throws. */
public final class FailingProgram {
  private FailingProgram() {}

  public static void main(String[] arguments) {
    Pipeline pipeline = Pipeline.create(PipelineOptionsFactory.fromArgs(arguments).create());
    pipeline.apply(Create.of("sound", "broken")).apply("Judge", ParDo.of(new Judge()));
    pipeline.run().waitUntilFinish();
  }

  static final class Judge extends DoFn<String, String> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element String element) {
      if (element.equals("broken")) {
        throw new IllegalStateException("I will not take '" + element + "'");
      }
    }
  }
}
