package dev.trestle.runner.control;

import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is said through a control socket: one request, one reply, and the end. A request is a verb
 * and a line feed. A reply is its kind, a space, the length of its text in bytes, a line feed, and
 * the text.
 */
final class ControlMessages {

  private static final Logger LOG = LoggerFactory.getLogger(ControlMessages.class);

  private static final int MOST_LINE = 100;

  private ControlMessages() {}

  /** What somebody may ask. */
  enum Verb {
    STATUS,
    SAVEPOINT,
    STOP,
    DRAIN,
    CANCEL
  }

  /** What kind of a reply it is. */
  enum Kind {
    /** Done; the text is the result. */
    OK,
    /** The job cannot do that; the text says why. */
    REFUSED,
    /** It was tried and has failed; the text says why. */
    FAILED
  }

  /** An answer. */
  record Reply(Kind kind, String text) {}

  static void write(ByteChannel to, Verb verb) throws IOException {
    writeFully(to, verb.name().toLowerCase(Locale.ROOT) + "\n");
  }

  /**
   * Reads a request.
   *
   * @throws IllegalArgumentException if there is no such verb
   */
  static Verb readVerb(ByteChannel from) throws IOException {
    return Verb.valueOf(readLine(from).toUpperCase(Locale.ROOT));
  }

  static void write(ByteChannel to, Reply reply) throws IOException {
    int length = reply.text.getBytes(StandardCharsets.UTF_8).length;
    writeFully(to, reply.kind.name().toLowerCase(Locale.ROOT) + " " + length + "\n" + reply.text);
  }

  /**
   * Reads a reply.
   *
   * @throws EOFException if the other side has gone before it was whole
   * @throws ProtocolException if it is none
   */
  static Reply readReply(ByteChannel from) throws IOException {
    String line = readLine(from);
    int space = line.indexOf(' ');
    try {
      Kind kind = Kind.valueOf(line.substring(0, Math.max(0, space)).toUpperCase(Locale.ROOT));
      ByteBuffer text = ByteBuffer.allocate(Integer.parseInt(line.substring(space + 1)));
      while (text.hasRemaining()) {
        if (from.read(text) < 0) {
          throw new EOFException("The reply is cut off");
        }
      }
      return new Reply(kind, new String(text.array(), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      LOG.debug("Not a reply", e);
      throw new ProtocolException("Not a reply: '" + line + "'");
    }
  }

  private static void writeFully(ByteChannel to, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      to.write(bytes);
    }
  }

  private static String readLine(ByteChannel from) throws IOException {
    ByteBuffer line = ByteBuffer.allocate(MOST_LINE);
    ByteBuffer one = ByteBuffer.allocate(1);
    while (line.hasRemaining()) {
      one.clear();
      if (from.read(one) < 0) {
        throw new EOFException("There is no whole line");
      }
      if (one.get(0) == '\n') {
        return new String(line.array(), 0, line.position(), StandardCharsets.UTF_8);
      }
      line.put(one.get(0));
    }
    throw new ProtocolException("A line of more than " + MOST_LINE + " bytes");
  }
}
