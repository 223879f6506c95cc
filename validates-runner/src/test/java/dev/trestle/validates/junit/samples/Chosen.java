package dev.trestle.validates.junit.samples;

import dev.trestle.validates.junit.samples.Categories.Other;
import dev.trestle.validates.junit.samples.Categories.Unreachable;
import dev.trestle.validates.junit.samples.Categories.UnreachableToo;
import dev.trestle.validates.junit.samples.Categories.Wanted;
import dev.trestle.validates.junit.samples.Categories.WantedToo;
import org.junit.Ignore;
import org.junit.Test;
import org.junit.experimental.categories.Category;
import org.junit.runner.RunWith;
import org.junit.runners.JUnit4;

/** Tests with all sorts of categories. */
@RunWith(JUnit4.class)
public class Chosen {
  @Test
  @Category(Wanted.class)
  public void wanted() {}

  @Test
  @Category({Other.class, WantedToo.class})
  public void narrower() {}

  @Test
  @Category(Other.class)
  public void other() {}

  @Test
  public void none() {}

  @Ignore
  @Test
  @Category(Wanted.class)
  public void ignored() {}

  @Test
  @Category({Wanted.class, Unreachable.class})
  public void unreachable() {}

  @Test
  @Category({Wanted.class, UnreachableToo.class})
  public void unreachableToo() {}

  /** A category of the class is one of its methods. */
  @Category(Wanted.class)
  @RunWith(JUnit4.class)
  public static class Nested {
    @Test
    public void byClass() {}

    @Test
    @Category(Unreachable.class)
    public void unreachable() {}
  }

  /** Not a test of its own. */
  public abstract static class Base {
    @Test
    @Category(Wanted.class)
    public void inherited() {}
  }

  /** Has no test but the inherited one. */
  @RunWith(JUnit4.class)
  public static class Derived extends Base {}
}
