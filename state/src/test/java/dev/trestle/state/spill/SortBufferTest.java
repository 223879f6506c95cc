package dev.trestle.state.spill;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SortBufferTest {

  @Test
  void lengthsRoundTrip() {
    byte[] bytes = new byte[16];
    for (int shift = 0; shift < 31; shift++) {
      for (int length : new int[] {1 << shift, (1 << shift) - 1}) {
        assertThat(VarLength.put(bytes, 1, length), is(1 + VarLength.size(length)));
        assertThat(VarLength.get(bytes, 1), is(length));
      }
    }
  }

  @Test
  void hashDependsOnContentOnly() {
    byte[] a = {9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    byte[] b = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 0};
    assertThat(KeyHash.of(a, 1, 11), is(KeyHash.of(b, 0, 10)));
  }

  @Test
  void hashTellsSimilarKeysApart() {
    Set<Long> seen = new HashSet<>();
    byte[] key = new byte[20];
    for (int i = 0; i < 200_000; i++) {
      key[3] = (byte) i;
      key[11] = (byte) (i >> 8);
      key[19] = (byte) (i >> 16);
      seen.add(SortBuffer.orderOf(key, 0, 20));
    }
    assertThat("40 bits: no more than a few collide", seen.size() > 199_990, is(true));
  }
}
