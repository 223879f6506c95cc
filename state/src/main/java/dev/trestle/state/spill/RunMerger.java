package dev.trestle.state.spill;

/**
 * Merges runs by a tree of losers (Knuth, The Art of Computer Programming, vol. 3, 5.4.1): every
 * inner node remembers who lost there, so that after the winner has moved on, one comparison for
 * each level finds the next. Equal keys come in the order of their runs.
 */
final class RunMerger {

  private final RunReader[] runs;

  /** Losers at the nodes 1 to n-1; the winner at 0. The leaf of run i is node n+i. */
  private final int[] tree;

  RunMerger(RunWriter written, int firstRun, int endRun, int blockSize) {
    runs = new RunReader[endRun - firstRun];
    for (int i = 0; i < runs.length; i++) {
      int run = firstRun + i;
      runs[i] =
          new RunReader(
              new BlockReader(
                  written.file(), written.runStart(run), written.runEnd(run), blockSize));
      runs[i].next();
    }
    tree = new int[runs.length];
    tree[0] = play(1);
  }

  /** Plays all matches below a node and returns the winner. */
  private int play(int node) {
    if (node >= runs.length) {
      return node - runs.length;
    }
    int left = play(2 * node);
    int right = play(2 * node + 1);
    boolean leftWins = beats(left, right);
    tree[node] = leftWins ? right : left;
    return leftWins ? left : right;
  }

  /** The run with the least key; exhausted when all are. */
  RunReader least() {
    return runs[tree[0]];
  }

  /** Moves the run with the least key on. */
  void advance() {
    int winner = tree[0];
    runs[winner].next();
    for (int node = (winner + runs.length) >> 1; node > 0; node >>= 1) {
      if (beats(tree[node], winner)) {
        int loser = winner;
        winner = tree[node];
        tree[node] = loser;
      }
    }
    tree[0] = winner;
  }

  private boolean beats(int a, int b) {
    RunReader left = runs[a];
    RunReader right = runs[b];
    if (left.exhausted() || right.exhausted()) {
      return !left.exhausted() || (right.exhausted() && a < b);
    }
    int order = left.compareKey(right);
    return order < 0 || (order == 0 && a < b);
  }
}
