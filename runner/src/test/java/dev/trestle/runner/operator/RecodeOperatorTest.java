package dev.trestle.runner.operator;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.instanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.Step;
import dev.trestle.translation.graph.TransformName;
import java.io.IOException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.LengthPrefixCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.util.UserCodeException;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecodeOperatorTest {

  private final CollectingReceiver output = new CollectingReceiver();

  private Operator operator(Coder<?> writer, Coder<?> reader) {
    Collection input = new Collection("c", writer, WindowingStrategy.globalDefault(), true);
    return new RecodeOperator(
        new Step.Recode(new TransformName("id", "Recode"), input, writer, reader), output);
  }

  private static void give(Operator operator, @Nullable Object value) {
    operator.accept(
        value, Instant.ofEpochMilli(1), GlobalWindow.INSTANCE, PaneInfo.NO_FIRING, null);
  }

  @Test
  void bytesStayTheSame() {
    Operator operator = operator(LengthPrefixCoder.of(VarLongCoder.of()), StringUtf8Coder.of());
    give(operator, 97L);
    give(operator, 98L);
    assertThat(output.values(), contains("a", "b"));
  }

  @Test
  void nullIsUpToTheCoder() {
    Operator operator =
        operator(NullableCoder.of(StringUtf8Coder.of()), NullableCoder.of(StringUtf8Coder.of()));
    give(operator, null);
    assertThat(output.values(), contains((Object) null));
  }

  @Test
  void whatCannotBeReadIsAnError() {
    Operator operator = operator(VarLongCoder.of(), StringUtf8Coder.of());
    UserCodeException thrown =
        assertThrows(UserCodeException.class, () -> give(operator, 5L)); // a string of five bytes
    assertThat(thrown.getCause(), instanceOf(IOException.class));
    assertThat(output.values(), empty());
    assertThrows(UserCodeException.class, () -> give(operator, null));
  }
}
