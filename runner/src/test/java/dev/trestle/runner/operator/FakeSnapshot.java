package dev.trestle.runner.operator;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.exchange.ByteSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A snapshot of one step, which may be read when it has been written. */
final class FakeSnapshot implements SnapshotWriter, RestoredState {

  private final Map<String, List<KeyedRecord>> sections = new HashMap<>();

  private record KeyedRecord(int keyGroup, ByteSink content) {}

  @Override
  public Section section(String name) {
    List<KeyedRecord> records = sections.computeIfAbsent(name, n -> new ArrayList<>());
    return new Section() {
      @Override
      public ByteSink keyed(int keyGroup) {
        ByteSink content = new ByteSink();
        records.add(new KeyedRecord(keyGroup, content));
        return content;
      }

      @Override
      public ByteSink unkeyed() {
        return keyed(-1);
      }
    };
  }

  @Override
  public boolean isRestored() {
    return true;
  }

  @Override
  public void read(String section, Reader reader) throws IOException {
    for (KeyedRecord record : sections.getOrDefault(section, List.of())) {
      ByteSink content = record.content();
      reader.read(record.keyGroup(), new ByteSource(content.array(), 0, content.size()));
    }
  }
}
