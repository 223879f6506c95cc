package dev.trestle.runner.exchange;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.EOFException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ByteSourceTest {
  private final ByteSource source = new ByteSource(new byte[] {9, 1, -1, 2, 3, 9}, 1, 5);

  @Test
  void readsTheSliceAndGivesWhatHasBeenRead() throws IOException {
    int start = source.position();
    assertThat(source.peek(), is(1));
    assertThat(source.next(), is(1));
    assertThat(source.next(), is(255));
    source.pass(2);
    assertThat(source.since(start), equalTo(new byte[] {1, -1, 2, 3}));
    assertThat(source.available(), is(0));
  }

  @Test
  void numbersOfTheWireEndWhereTheySay() throws IOException {
    ByteSource numbers = new ByteSource(new byte[] {(byte) 0x96, 1, 0, 0, 1, 2, 7}, 0, 7);
    assertThat(numbers.varInt(), is(150L));
    assertThat(numbers.fixedInt(), is(258));
    assertThat(numbers.position(), is(6));
  }

  @Test
  void nothingBeyondTheSliceIsRead() throws IOException {
    assertThrows(EOFException.class, () -> source.pass(5));
    assertThrows(EOFException.class, () -> source.pass(Long.MAX_VALUE));
    assertThrows(IOException.class, () -> source.pass(-1));
    source.pass(4);
    assertThrows(EOFException.class, source::next);
    assertThrows(EOFException.class, source::peek);
  }
}
