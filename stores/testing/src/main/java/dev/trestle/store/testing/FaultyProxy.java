package dev.trestle.store.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Stands between a client and an HTTP server, and does to each request what it is told to.
 *
 * <p>Thread safe.
 */
public final class FaultyProxy implements AutoCloseable {

  /** Headers that the two HTTP connections have for themselves. */
  private static final Set<String> HOP =
      Set.of("connection", "content-length", "expect", "host", "transfer-encoding", "upgrade");

  /** What becomes of a request. */
  public sealed interface Fate {
    /** It reaches the server, and the answer the client. */
    record Passed() implements Fate {}

    /** The server does not see it. */
    record Answered(int status) implements Fate {}

    /** The connection ends before the request reaches the server. */
    record Lost() implements Fate {}

    /** The server does what it is asked to; the connection ends before the answer is there. */
    record AnswerLost() implements Fate {}
  }

  /** Decides about a request. */
  public interface Rule {
    Fate fate(String method, URI uri);
  }

  private final HttpServer server;
  private final HttpClient client;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final URI target;
  private final Set<String> withheld = ConcurrentHashMap.newKeySet();
  private volatile Rule rule = (method, uri) -> new Fate.Passed();

  private FaultyProxy(HttpServer server, URI target) {
    this.server = server;
    this.target = target;
    this.client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  }

  /** A proxy on a free port of the loopback interface that passes everything on. */
  public static FaultyProxy to(URI target) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    FaultyProxy proxy = new FaultyProxy(server, target);
    server.setExecutor(proxy.threads);
    server.createContext("/", proxy::handle);
    server.start();
    return proxy;
  }

  /** Keeps a header of requests from the server, as if that did not know it. */
  public FaultyProxy without(String header) {
    withheld.add(header.toLowerCase(Locale.ROOT));
    return this;
  }

  /** What is done to requests from now on. */
  public void setRule(Rule rule) {
    this.rule = rule;
  }

  /** Where clients find it. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = readAll(exchange);
      Fate fate = rule.fate(exchange.getRequestMethod(), exchange.getRequestURI());
      if (fate instanceof Fate.Answered answered) {
        exchange.sendResponseHeaders(answered.status(), -1);
      } else if (fate instanceof Fate.Passed) {
        answer(exchange, forward(exchange, body));
      } else if (fate instanceof Fate.AnswerLost) {
        forward(exchange, body);
      }
    }
  }

  private static byte[] readAll(HttpExchange exchange) throws IOException {
    try (InputStream in = exchange.getRequestBody()) {
      return in.readAllBytes();
    }
  }

  private HttpResponse<byte[]> forward(HttpExchange exchange, byte[] body) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(target.resolve(exchange.getRequestURI().toString()))
            .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
    for (Map.Entry<String, List<String>> header : exchange.getRequestHeaders().entrySet()) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (!HOP.contains(name) && !withheld.contains(name)) {
        header.getValue().forEach(value -> request.header(header.getKey(), value));
      }
    }
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static void answer(HttpExchange exchange, HttpResponse<byte[]> response)
      throws IOException {
    response
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              if (!HOP.contains(name.toLowerCase(Locale.ROOT))) {
                exchange.getResponseHeaders().put(name, values);
              }
            });
    boolean head = exchange.getRequestMethod().equals("HEAD");
    if (head) {
      response
          .headers()
          .firstValue("content-length")
          .ifPresent(length -> exchange.getResponseHeaders().set("Content-Length", length));
    }
    byte[] body = response.body();
    exchange.sendResponseHeaders(
        response.statusCode(), head || body.length == 0 ? -1 : body.length);
    if (!head && body.length > 0) {
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
