package dev.trestle.server.environment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** That they are shut down is shown by {@link EmbeddedWorkersTest}. */
final class DeadChannelsTest {

  private static final Logger LOG = (Logger) LoggerFactory.getLogger(DeadChannels.class);

  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

  @BeforeEach
  void listen() {
    logged.start();
    LOG.addAppender(logged);
  }

  @AfterEach
  void leave() {
    LOG.detachAppender(logged);
  }

  @Test
  void ofClassesThatAreNoneOfBeamsThereAreNone() {
    DeadChannels.shutDown(ClassLoader.getPlatformClassLoader());
    assertThat(logged.list, hasSize(0));
  }

  @Test
  void aBeamThatIsNotAsExpectedIsLeftAloneAndOneIsTold() {
    DeadChannels.shutDown(
        new ClassLoader() {
          @Override
          public Class<?> loadClass(String name) {
            return String.class;
          }
        });
    assertThat(logged.list, hasSize(1));
    assertThat(
        logged.list.get(0).getFormattedMessage(),
        startsWith("The channels of an embedded worker stay open"));
    assertThat(
        logged.list.get(0).getThrowableProxy().getClassName(),
        is(NoSuchMethodException.class.getName()));
  }
}
