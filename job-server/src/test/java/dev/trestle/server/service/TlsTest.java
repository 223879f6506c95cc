package dev.trestle.server.service;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.runner.remote.JobServerClient;
import dev.trestle.server.jobs.JobLimits;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {

  private static final char[] PASSWORD = "password".toCharArray();

  @TempDir Path directory;

  /** A certificate for localhost and its key, made by the JDK's own tool. */
  private ServerSettings.Tls selfSigned(String name) throws Exception {
    Path store = directory.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=dns:localhost",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .start();
    keytool.getInputStream().readAllBytes();
    assertThat(keytool.waitFor(), is(0));
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    return new ServerSettings.Tls(
        pem(name + ".crt", "CERTIFICATE", keys.getCertificate("server").getEncoded()),
        pem(name + ".key", "PRIVATE KEY", keys.getKey("server", PASSWORD).getEncoded()));
  }

  private Path pem(String file, String kind, byte[] content) throws Exception {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return Files.writeString(
        directory.resolve(file),
        "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n",
        US_ASCII);
  }

  @Test
  void onlyThoseWhoTrustTheCertificateTalk() throws Exception {
    ServerSettings.Tls tls = selfSigned("own");
    ServerSettings.Tls other = selfSigned("other");
    ServerSettings settings =
        new ServerSettings(
            new InetSocketAddress(InetAddress.getByName("localhost"), 0),
            directory.resolve("server"),
            tls,
            null,
            TestServer.MESSAGE_BYTES,
            TestServer.ARTIFACT_BYTES,
            JobLimits.DEFAULTS);
    try (JobServer server = JobServer.start(settings, new FakeLauncher())) {
      String endpoint = "localhost:" + server.port();
      try (JobServerClient trusting =
          JobServerClient.connect(endpoint, tls.certificates().toString(), null)) {
        assertThat(trusting.list(), is(empty()));
      }
      try (JobServerClient plain = JobServerClient.connect(endpoint, null, null)) {
        assertThrows(StatusRuntimeException.class, plain::list);
      }
      try (JobServerClient doubting =
          JobServerClient.connect(endpoint, other.certificates().toString(), null)) {
        assertThrows(StatusRuntimeException.class, doubting::list);
      }
    }
  }
}
