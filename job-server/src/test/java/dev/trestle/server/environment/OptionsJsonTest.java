package dev.trestle.server.environment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.util.JsonFormat;
import org.junit.jupiter.api.Test;

final class OptionsJsonTest {

  private static String written(String json) throws InvalidProtocolBufferException {
    Struct.Builder options = Struct.newBuilder();
    JsonFormat.parser().merge(json, options);
    return OptionsJson.of(options.build());
  }

  @Test
  void wholeNumbersStayWhole() throws Exception {
    assertThat(written("{\"parallelism\":-1}"), is("{\"parallelism\":-1}"));
    assertThat(written("{\"bytes\":9007199254740992}"), is("{\"bytes\":9007199254740992}"));
  }

  @Test
  void othersDoNot() throws Exception {
    assertThat(written("{\"fraction\":0.5}"), is("{\"fraction\":0.5}"));
    assertThat(written("{\"large\":1e300}"), is("{\"large\":1.0E300}"));
  }

  @Test
  void everyKindOfValueIsWritten() throws Exception {
    String all =
        "{\"all\":{\"text\":\"a \\\"quoted\\\" one\",\"yes\":true,\"nothing\":null,"
            + "\"list\":[1,\"b\",[false]]}}";
    assertThat(written(all), is(all));
  }
}
