package dev.trestle.translation.print;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import dev.trestle.translation.Graphs;
import dev.trestle.translation.PipelineTranslator;
import dev.trestle.translation.graph.OperatorGraph;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Impulse;
import org.junit.jupiter.api.Test;

class GraphPrinterTest {

  private static OperatorGraph graph() {
    Pipeline p = Graphs.pipeline();
    p.apply("Start", Impulse.create()).apply("Count", Count.perElement());
    return PipelineTranslator.translate(p);
  }

  @Test
  void textShowsStagesNodesAndEdges() {
    String text = GraphPrinter.print(graph());

    assertThat(text, startsWith("stage 0 SINGLE Start +2\n  0 Impulse \"Start\"\n"));
    assertThat(text, containsString("\nstage 1 KEYED Count/Combine.perKey(Count)\n"));
    assertThat(text, containsString("  in   edge 0 keyed from stage 0: Kv(ByteArray,"));
    assertThat(text, containsString(" -> edge 0 to stage 1\n"));
    assertThat(text, containsString("    -> nobody\n"));
  }

  @Test
  void dotIsBalancedAndQuoted() {
    String dot = DotPrinter.print(graph());

    assertThat(dot, startsWith("digraph pipeline {"));
    assertThat(
        dot.chars().filter(c -> c == '{').count(), is(dot.chars().filter(c -> c == '}').count()));
    assertThat(dot, containsString("s0n0 [label=\"Start\\nImpulse\"];"));
    assertThat(dot, containsString("s0n0 -> s0n1;"));
    assertThat(dot, containsString("-> s1n0 [label=\"keyed\\n"));
  }

  @Test
  void codersAreShort() {
    assertThat(
        Labels.coder(KvCoder.of(StringUtf8Coder.of(), IterableCoder.of(VarLongCoder.of()))),
        is("Kv(StringUtf8,Iterable(VarLong))"));
  }
}
