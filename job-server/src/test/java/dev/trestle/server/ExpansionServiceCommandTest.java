package dev.trestle.server;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code trestle expansion-service} without one: that there is one is tested where it is. */
class ExpansionServiceCommandTest {

  private static final int REFUSED = 2;

  @Test
  void isRefusedWhereThereIsNone() {
    Command alone = Command.run("expansion-service", "--port=0");
    Command beside = Command.run("server", "--port=0", "--expansion-service=0");

    for (Command each : List.of(alone, beside)) {
      assertThat(each.exitCode(), is(REFUSED));
      assertThat(each.err(), containsString("no expansion service in this installation"));
    }
  }

  @Test
  void listensBeyondTheMachineOnlyIfThatIsSaid() {
    Command open = Command.run("expansion-service", "--listen=0.0.0.0");
    Command pointless = Command.run("expansion-service", "--insecure");
    Command nowhere = Command.run("expansion-service", "--listen=no host");

    assertThat(open.err(), containsString("say --insecure if the network is safe"));
    assertThat(pointless.err(), containsString("--insecure has no effect"));
    assertThat(nowhere.err(), containsString("there is no host 'no host'"));
    for (Command each : List.of(open, pointless, nowhere)) {
      assertThat(each.exitCode(), is(REFUSED));
    }
  }
}
