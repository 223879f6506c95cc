package dev.trestle.validates.junit;

import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.MonitorInfo;
import java.lang.management.ThreadInfo;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.Collectors;

/** All threads of this process with whole stacks and locks ({@link ThreadInfo} prints 8 frames). */
final class ThreadDump {
  private ThreadDump() {}

  static String take() {
    return Arrays.stream(ManagementFactory.getThreadMXBean().dumpAllThreads(true, true))
        .sorted(Comparator.comparing(ThreadInfo::getThreadName))
        .map(ThreadDump::describe)
        .collect(Collectors.joining("\n"));
  }

  private static String describe(ThreadInfo thread) {
    StringBuilder text =
        new StringBuilder()
            .append('"')
            .append(thread.getThreadName())
            .append("\" #")
            .append(thread.getThreadId())
            .append(thread.isDaemon() ? " daemon " : " ")
            .append(thread.getThreadState());
    LockInfo lock = thread.getLockInfo();
    if (lock != null) {
      text.append(" on ").append(lock);
      if (thread.getLockOwnerName() != null) {
        text.append(" held by \"").append(thread.getLockOwnerName()).append('"');
      }
    }
    text.append('\n');
    StackTraceElement[] stack = thread.getStackTrace();
    for (int depth = 0; depth < stack.length; depth++) {
      text.append("    at ").append(stack[depth]).append('\n');
      for (MonitorInfo monitor : thread.getLockedMonitors()) {
        if (monitor.getLockedStackDepth() == depth) {
          text.append("    - locked ").append(monitor).append('\n');
        }
      }
    }
    return text.toString();
  }
}
