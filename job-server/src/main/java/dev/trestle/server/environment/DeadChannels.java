package dev.trestle.server.environment;

import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Beam's worker does not shut down its channels, since its process usually ends with it, and gRPC
 * has a list of all that are not shut down. That list is called channelz.
 *
 * <p>A worker has a channel for each of its streams, which is the first call on it and the last one
 * that ends. So a channel whose calls have all ended is one that nobody needs any more.
 */
final class DeadChannels {

  private static final Logger LOG = LoggerFactory.getLogger(DeadChannels.class);

  private static final String FACTORY = "org.apache.beam.sdk.fn.channel.ManagedChannelFactory";

  private DeadChannels() {}

  /**
   * Shuts down those of workers that have ended. Any thread may call, at any time.
   *
   * @param classes of the workers, which have a gRPC of their own in some version
   */
  static void shutDown(ClassLoader classes) {
    Class<?> factory;
    try {
      factory = classes.loadClass(FACTORY);
    } catch (ClassNotFoundException e) {
      return; // these classes are none of Beam's, and no worker has run
    }
    try {
      // Beam renames it for each version.
      String grpc = returnType(factory, "forDescriptor").getPackageName();
      Class<?> channelz = classes.loadClass(grpc + ".InternalChannelz");
      Method stats = classes.loadClass(grpc + ".InternalInstrumented").getMethod("getStats");
      Method shutDown = classes.loadClass(grpc + ".ManagedChannel").getMethod("shutdownNow");
      Object page =
          channelz
              .getMethod("getRootChannels", long.class, int.class)
              .invoke(channelz.getMethod("instance").invoke(null), 0, Integer.MAX_VALUE);
      for (Object channel : (List<?>) page.getClass().getField("channels").get(page)) {
        if (isDead(((Future<?>) stats.invoke(channel)).get())) {
          shutDown.invoke(channel);
        }
      }
    } catch (ReflectiveOperationException | LinkageError | ExecutionException e) {
      LOG.warn("The channels of an embedded worker stay open: its gRPC is not as expected", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean isDead(Object stats) throws ReflectiveOperationException {
    long ended = number(stats, "callsSucceeded") + number(stats, "callsFailed");
    return ended > 0 && ended == number(stats, "callsStarted");
  }

  private static long number(Object stats, String field) throws ReflectiveOperationException {
    return stats.getClass().getField(field).getLong(stats);
  }

  private static Class<?> returnType(Class<?> type, String method) throws NoSuchMethodException {
    for (Method candidate : type.getMethods()) {
      if (candidate.getName().equals(method)) {
        return candidate.getReturnType();
      }
    }
    throw new NoSuchMethodException(type + "." + method);
  }
}
