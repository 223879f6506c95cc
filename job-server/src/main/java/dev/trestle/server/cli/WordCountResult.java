package dev.trestle.server.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.ResourceId;

/**
 * What the word count wrote.
 *
 * @param files number of files
 * @param different number of words, each taken once
 * @param all number of words
 * @param mostFrequent most frequent word first
 */
record WordCountResult(int files, long different, long all, List<Line> mostFrequent) {

  /** One line of a result. */
  record Line(String word, long count) {}

  private static final Comparator<Line> RARE_FIRST =
      Comparator.comparingLong(Line::count).thenComparing(Line::word, Comparator.reverseOrder());

  static WordCountResult read(List<ResourceId> files, int shown) {
    PriorityQueue<Line> most = new PriorityQueue<>(RARE_FIRST);
    long different = 0;
    long all = 0;
    for (ResourceId file : files) {
      try (BufferedReader lines = open(file)) {
        for (String text = lines.readLine(); text != null; text = lines.readLine()) {
          int colon = text.lastIndexOf(": ");
          Line line = new Line(text.substring(0, colon), Long.parseLong(text.substring(colon + 2)));
          different++;
          all += line.count();
          most.add(line);
          if (most.size() > shown) {
            most.poll();
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    List<Line> sorted = new ArrayList<>(most);
    sorted.sort(RARE_FIRST.reversed());
    return new WordCountResult(files.size(), different, all, sorted);
  }

  private static BufferedReader open(ResourceId file) throws IOException {
    return new BufferedReader(Channels.newReader(FileSystems.open(file), StandardCharsets.UTF_8));
  }
}
