package dev.trestle.runner.compatibility;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.ObjectStreamField;
import java.io.UncheckedIOException;
import java.lang.invoke.SerializedLambda;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.schemas.Schema;

/**
 * An object as Java serializes it, without what differs although nothing has changed: the serial
 * versions of classes, which the compiler makes of their methods, the numbers of lambdas, and the
 * random ids of schemas. Classes are their names and the names and types of their fields. Only for
 * comparing; it cannot be read.
 */
final class StableForm extends ObjectOutputStream {

  private final Object root;

  private StableForm(ByteArrayOutputStream out, Object root) throws IOException {
    super(out);
    this.root = root;
    enableReplaceObject(true);
  }

  static byte[] of(Object object) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (StableForm out = new StableForm(bytes, object)) {
      out.writeObject(object);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot describe " + object, e);
    }
    return bytes.toByteArray();
  }

  @Override
  protected void writeClassDescriptor(ObjectStreamClass type) throws IOException {
    writeUTF(type.getName());
    for (ObjectStreamField field : type.getFields()) {
      writeUTF(field.getName() + " " + field.getType().getName());
    }
  }

  @Override
  protected Object replaceObject(Object object) {
    if (object instanceof Coder<?> coder && object != root) {
      return "coder " + Identities.ofCoder(coder);
    }
    if (object instanceof Schema schema) {
      return Identities.ofSchema(schema);
    }
    if (object instanceof SerializedLambda lambda) {
      return "lambda in " + lambda.getCapturingClass() + " " + lambda.getFunctionalInterfaceClass();
    }
    return object;
  }
}
