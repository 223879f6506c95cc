package dev.trestle.runner.dofn;

import static dev.trestle.runner.dofn.Steps.at;
import static dev.trestle.runner.dofn.Steps.window;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.sameInstance;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.runner.operator.CollectingReceiver;
import dev.trestle.runner.operator.FakeOperatorContext;
import dev.trestle.runner.operator.Operator;
import dev.trestle.runner.operator.OperatorFactory;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.Specialized;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.junit.jupiter.api.Test;

class SpecializedTest {

  private final Specialized<OperatorFactory> copies =
      new Specialized<>(OperatorFactory.class, DoFnOperators.class);

  @Test
  void copiesHaveClassesOfTheirOwnAndWorkTogether() throws Exception {
    CollectingReceiver main = new CollectingReceiver();
    Operator second = echo(copies.newCopy(), main);
    Operator first = echo(copies.newCopy(), second);
    assertThat(first.getClass(), not(sameInstance(second.getClass())));
    first.accept("a", at(5), window(0), PaneInfo.NO_FIRING, null);
    first.finishBundle();
    second.finishBundle();
    first.close();
    second.close();
    assertThat(main.values(), contains("a"));
  }

  @Test
  void tasksOfANodeShareACopy() throws Exception {
    OperatorFactory copy = copies.newCopy();
    CollectingReceiver main = new CollectingReceiver();
    assertThat(echo(copy, main).getClass(), sameInstance((Object) echo(copy, main).getClass()));
  }

  @Test
  void typeMustNotBeCopied() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new Specialized<>(DoFnOperators.class, DoFnOperators.class));
  }

  private static Operator echo(OperatorFactory factory, Receiver output) throws Exception {
    Operator operator =
        factory.create(Steps.parDo(new SideInputGateTest.Echo()), null, new Receiver[] {output});
    operator.open(new FakeOperatorContext());
    operator.startBundle();
    return operator;
  }
}
