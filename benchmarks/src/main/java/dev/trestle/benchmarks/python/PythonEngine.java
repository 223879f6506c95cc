package dev.trestle.benchmarks.python;

import dev.trestle.validates.process.Installations;
import dev.trestle.validates.process.Services;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What executes a Python pipeline. */
enum PythonEngine {
  /** Two workers, each a process of its own. */
  TRESTLE {
    @Override
    List<String> start(Setting setting, Services services)
        throws IOException, InterruptedException {
      String launcher = setting.root().resolve("trestle").toString();
      Path directory = setting.scratch().resolve("trestle");
      String endpoint =
          services.start(
              "trestle",
              port -> List.of(launcher, "server", "--port=" + port, "--directory=" + directory));
      return List.of(
          "--runner=PortableRunner",
          "--job_endpoint=" + endpoint,
          "--environment_type=PROCESS",
          "--environment_config={}",
          "--sdk_worker_parallelism=2");
    }
  },

  PRISM {
    @Override
    List<String> start(Setting setting, Services services)
        throws IOException, InterruptedException {
      Path prism = prism(setting.pins());
      String endpoint =
          services.start(
              "prism",
              port ->
                  List.of(
                      prism.toString(),
                      "--job_port=" + port,
                      "--serve_http=false",
                      "--log_kind=text"));
      return loopback(endpoint);
    }
  },

  /** Flink's job server with two slots. */
  FLINK {
    @Override
    List<String> start(Setting setting, Services services)
        throws IOException, InterruptedException {
      String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      String endpoint =
          services.start(
              "flink",
              port ->
                  List.of(
                      java,
                      "-Xmx2g",
                      "--add-opens=java.base/java.lang=ALL-UNNAMED",
                      "--add-opens=java.base/java.util=ALL-UNNAMED",
                      "--add-opens=java.base/java.time=ALL-UNNAMED",
                      "-cp",
                      setting.flinkClassPath(),
                      "org.apache.beam.runners.flink.FlinkJobServerDriver",
                      "--flink-master=[local]",
                      "--job-host=localhost",
                      "--job-port=" + port,
                      "--artifact-port=0",
                      "--expansion-port=0",
                      "--artifacts-dir=" + setting.scratch().resolve("flink-artifacts")));
      return List.of(
          "--runner=PortableRunner",
          "--job_endpoint=" + endpoint,
          "--environment_type=LOOPBACK",
          "--parallelism=2");
    }
  },

  /** Beam's runner within the pipeline's own process. */
  PYTHON {
    @Override
    List<String> start(Setting setting, Services services) {
      return List.of("--runner=apache_beam.runners.portability.fn_api_runner.FnApiRunner");
    }
  };

  /**
   * Where things are.
   *
   * @param root the working tree
   * @param pins the file with the version of Prism
   * @param flinkClassPath of Flink's job server, or empty if it is not wanted
   * @param scratch a folder for what engines write
   */
  record Setting(Path root, Path pins, String flinkClassPath, Path scratch) {}

  private static List<String> loopback(String endpoint) {
    return List.of(
        "--runner=PortableRunner", "--job_endpoint=" + endpoint, "--environment_type=LOOPBACK");
  }

  private static Path prism(Path pins) throws IOException, InterruptedException {
    Path directory =
        Installations.ofUser()
            .directory(
                "prism",
                List.of(pins),
                target ->
                    Installations.run(
                        target,
                        target,
                        Map.of("GOBIN", target.toString(), "GOTOOLCHAIN", "local"),
                        "go",
                        "install",
                        Files.readString(pins).strip()));
    return directory.resolve("prism");
  }

  /** As the table calls it. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Starts the engine, if it is a server.
   *
   * @return the pipeline options that choose it
   */
  abstract List<String> start(Setting setting, Services services)
      throws IOException, InterruptedException;
}
