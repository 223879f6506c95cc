package dev.trestle.runner.metrics;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.model.pipeline.v1.MetricsApi.BoundedTrie;
import org.apache.beam.model.pipeline.v1.MetricsApi.BoundedTrieNode;
import org.apache.beam.runners.core.metrics.BoundedTrieData;
import org.apache.beam.sdk.metrics.BoundedTrieResult;

/**
 * Beam's form of a bounded trie, made again of its result: paths that end in "true" are cut off.
 */
final class TrieProto {

  private final Map<String, TrieProto> children = new TreeMap<>();
  private boolean truncated;

  private TrieProto() {}

  static BoundedTrie of(BoundedTrieResult result) {
    TrieProto root = new TrieProto();
    result.getResult().forEach(root::add);
    return BoundedTrie.newBuilder()
        .setBound(Math.max(1, result.getResult().size()))
        .setRoot(root.toProto())
        .build();
  }

  private void add(List<String> path) {
    TrieProto at = this;
    for (String segment : path.subList(0, path.size() - 1)) {
      at = at.children.computeIfAbsent(segment, missing -> new TrieProto());
    }
    at.truncated = path.get(path.size() - 1).equals(BoundedTrieData.BoundedTrieNode.TRUNCATED_TRUE);
  }

  private BoundedTrieNode toProto() {
    BoundedTrieNode.Builder node = BoundedTrieNode.newBuilder().setTruncated(truncated);
    children.forEach((segment, child) -> node.putChildren(segment, child.toProto()));
    return node.build();
  }
}
