package dev.trestle.runner.checkpoint;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class OperatorNumbersTest {

  private static final int MOST = 65_536;

  @Test
  void numbersGoByName() {
    OperatorNumbers numbers = OperatorNumbers.NONE.with(List.of("c", "a", "b"));
    assertThat(numbers.of("a"), is(0));
    assertThat(numbers.of("b"), is(1));
    assertThat(numbers.of("c"), is(2));
  }

  @Test
  void whoHasANumberKeepsIt() {
    OperatorNumbers before = OperatorNumbers.NONE.with(List.of("b", "d"));
    OperatorNumbers after = before.with(List.of("a", "b", "c"));
    assertThat(after.of("b"), is(before.of("b")));
    assertThat("gone, and perhaps back one day", after.of("d"), is(before.of("d")));
    assertThat(after.of("a"), is(2));
    assertThat(after.of("c"), is(3));
  }

  @Test
  void gapsAreFilled() {
    OperatorNumbers numbers = OperatorNumbers.of(Map.of("operator.x", "1")).with(List.of("a", "b"));
    assertThat(numbers.of("a"), is(0));
    assertThat(numbers.of("b"), is(2));
  }

  @Test
  void propertiesSayTheSame() {
    OperatorNumbers numbers = OperatorNumbers.NONE.with(List.of("Read/Sum GroupByKey", "b"));
    Map<String, String> properties = numbers.properties();
    assertThat(properties, is(Map.of("operator.Read/Sum GroupByKey", "0", "operator.b", "1")));
    assertThat(OperatorNumbers.of(properties).properties(), is(properties));
  }

  @Test
  void otherPropertiesAreNotLookedAt() {
    OperatorNumbers numbers = OperatorNumbers.of(Map.of("operators", "x", "operator.a", "7"));
    assertThat(numbers.properties(), is(Map.of("operator.a", "7")));
  }

  @Test
  void propertyThatIsNoNumberIsRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> OperatorNumbers.of(Map.of("operator.a", "x")));
  }

  @Test
  void stepWithoutANumberIsNamed() {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> OperatorNumbers.NONE.of("Sum"));
    assertThat(refused.getMessage(), containsString("Sum"));
  }

  @Test
  void allOfThoseThatHaveOne() {
    OperatorNumbers numbers = OperatorNumbers.NONE.with(List.of("a", "b", "c"));
    assertThat(numbers.ofAll(List.of("c", "unknown", "a")), is(Set.of(0, 2)));
  }

  @Test
  void everyNumberThatFitsIntoARowIsGiven() {
    List<String> steps = IntStream.range(0, MOST).mapToObj(i -> "step " + i).toList();
    OperatorNumbers numbers = OperatorNumbers.NONE.with(steps);
    assertThat(new HashSet<>(numbers.ofAll(steps)).size(), is(MOST));
    assertThat(numbers.of(steps.stream().max(String::compareTo).orElseThrow()), is(MOST - 1));
    assertThrows(IllegalArgumentException.class, () -> numbers.with(List.of("one more")));
  }

  @Test
  void stepsThatAllHaveNumbersNeedNoneWhateverTheHighestIs() {
    OperatorNumbers last = OperatorNumbers.of(Map.of("operator.a", "65535"));
    assertThat(last.with(List.of("a")).of("a"), is(MOST - 1));
  }
}
