package dev.trestle.validates;

import dev.trestle.validates.process.Services;
import java.io.IOException;
import java.util.List;

/** Our own service with Java transforms, of this working tree. */
final class ExpansionService {

  private ExpansionService() {}

  /** Starts it; its address. */
  static String start(SuiteOptions options, Services services)
      throws IOException, InterruptedException {
    return services.start(
        "expansion-service",
        port -> List.of(JobServer.launcher(options), "expansion-service", "--port=" + port));
  }
}
