package dev.trestle.runner.engine;

import dev.trestle.runner.exchange.SingleWriterChannel;
import dev.trestle.translation.graph.Edge;
import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.graph.Stage;
import java.util.ArrayList;
import java.util.List;

/** The tasks of a job and the channels between them, before anything runs in them. */
final class Topology {

  /** Makes a task for a stage. */
  interface TaskMaker {
    Task make(Stage stage, int index, int depth);
  }

  private final List<List<Task>> tasks = new ArrayList<>();

  /** By edge, then writing task, then reading task. */
  private final List<SingleWriterChannel[][]> channels = new ArrayList<>();

  Topology(OperatorGraph graph, int parallelism, TaskMaker maker) {
    int[] depths = depths(graph);
    for (Stage stage : graph.stages()) {
      List<Task> ofStage = new ArrayList<>();
      for (int i = 0; i < tasksOf(stage, parallelism); i++) {
        ofStage.add(maker.make(stage, i, depths[stage.id()]));
      }
      tasks.add(ofStage);
    }
    for (Edge edge : graph.edges()) {
      List<Task> writers = tasks.get(edge.from());
      List<Task> readers = tasks.get(edge.to());
      channels.add(connect(writers, readers));
      if (edge.kind() != Edge.Kind.BROADCAST) {
        writers.forEach(writer -> readers.forEach(writer::addReader));
      }
    }
  }

  private static int tasksOf(Stage stage, int parallelism) {
    return stage.distribution() == Stage.Distribution.SINGLE ? 1 : parallelism;
  }

  private static int[] depths(OperatorGraph graph) {
    int[] depths = new int[graph.stages().size()];
    for (Stage stage : graph.stages()) {
      for (var node : stage.nodes()) {
        for (var output : node.outputs()) {
          for (int edge : output.edges()) {
            int to = graph.edges().get(edge).to();
            depths[to] = Math.max(depths[to], depths[stage.id()] + 1);
          }
        }
      }
    }
    return depths;
  }

  private static SingleWriterChannel[][] connect(List<Task> writers, List<Task> readers) {
    SingleWriterChannel[][] matrix = new SingleWriterChannel[writers.size()][readers.size()];
    for (int from = 0; from < writers.size(); from++) {
      for (int to = 0; to < readers.size(); to++) {
        matrix[from][to] = new SingleWriterChannel(writers.get(from), readers.get(to));
      }
    }
    return matrix;
  }

  List<Task> tasks(Stage stage) {
    return tasks.get(stage.id());
  }

  List<Task> allTasks() {
    return tasks.stream().flatMap(List::stream).toList();
  }

  /** Channels by which a task writes to an edge. */
  List<SingleWriterChannel> outlets(int edge, int task) {
    return List.of(channels.get(edge)[task]);
  }

  /** Channels by which a task reads an edge. */
  List<SingleWriterChannel> inlets(int edge, int task) {
    List<SingleWriterChannel> inlets = new ArrayList<>();
    for (SingleWriterChannel[] fromWriter : channels.get(edge)) {
      inlets.add(fromWriter[task]);
    }
    return inlets;
  }
}
