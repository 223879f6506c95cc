package dev.trestle.state.checkpoint;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BucketPrefixTest {

  private static BucketPrefix of(String place) {
    return BucketPrefix.of(URI.create(place));
  }

  @Test
  void slashesAtTheEndsDoNotCount() {
    for (String place : new String[] {"s3://b/p/q", "s3://b/p/q/", "s3://b//p/q//"}) {
      assertThat(of(place), is(new BucketPrefix("s3", "b", "p/q/")));
    }
  }

  @Test
  void prefixMayBeEmpty() {
    assertThat(of("s3://b").key("a/b"), is("a/b"));
    assertThat(of("s3://b/").keys(""), is(""));
  }

  @Test
  void bucketMayBeNoHost() {
    assertThat(of("gs://under_score.and.dots/p").bucket(), is("under_score.and.dots"));
  }

  @Test
  void prefixIsDecoded() {
    assertThat(of("s3://b/a%20b").prefix(), is("a b/"));
  }

  @Test
  void bucketIsNeeded() {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> of("s3:///prefix"));
    assertThat(refused.getMessage(), containsString("s3://BUCKET/PREFIX"));
  }

  @Test
  void onlyKeysOfObjectsHavePaths() {
    BucketPrefix place = of("s3://b/p");
    assertThat(place.path("p/a/b"), is(Optional.of("a/b")));
    for (String key : new String[] {"p/", "p/a/", "p/.a", "p/a b", "a", "pa"}) {
      assertThat(key, place.path(key), is(Optional.empty()));
    }
  }
}
