"""The pipelines of `benchmarks/run.sh python`, each as a whole process.

  python workloads.py wordcount --input=FILE --output=PREFIX [pipeline option ...]
  python workloads.py shuffle --output=PREFIX [pipeline option ...]
"""

import argparse
import re
import sys

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions

VALUES = 1_000_000
KEYS = 250_000
SHARDS = 100


def wordcount(pipeline, arguments):
  words = re.compile(r"[\w']+")
  return (
      pipeline
      | 'Read' >> beam.io.ReadFromText(arguments.input)
      | 'Split' >> beam.FlatMap(words.findall)
      | 'Pair' >> beam.Map(lambda word: (word, 1)).with_output_types(tuple[str, int])
      | 'Count' >> beam.CombinePerKey(sum)
      | 'Format' >> beam.MapTuple(lambda word, n: f'{word}: {n}'))


def shuffle(pipeline, unused_arguments):
  """Values of 100 bytes under far more keys than fit a batch, and what arrives of them."""
  return (
      pipeline
      | 'Shards' >> beam.Create(range(SHARDS))
      | 'Spread' >> beam.Reshuffle()
      | 'Generate' >> beam.FlatMap(values_of).with_output_types(tuple[int, bytes])
      | 'Group' >> beam.GroupByKey()
      | 'Measure' >> beam.MapTuple(lambda key, values: (1, *count_and_size(values)))
      | 'Total' >> beam.CombineGlobally(Totals())
      | 'Format' >> beam.Map('{0[0]} keys, {0[1]} values, {0[2]} bytes'.format))


def values_of(shard):
  for i in range(shard, VALUES, SHARDS):
    # Neighbours are under different keys, in no order.
    yield i * 7919 % KEYS, i.to_bytes(4, 'big') * 25


def count_and_size(values):
  sizes = [len(value) for value in values]
  return len(sizes), sum(sizes)


class Totals(beam.CombineFn):
  """Adds up triples."""

  def create_accumulator(self):
    return (0, 0, 0)

  def add_input(self, accumulator, triple):
    return tuple(a + b for a, b in zip(accumulator, triple))

  def merge_accumulators(self, accumulators):
    return tuple(map(sum, zip(*accumulators)))

  def extract_output(self, accumulator):
    return accumulator


def main():
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument('workload', choices=['wordcount', 'shuffle'])
  parser.add_argument('--input')
  parser.add_argument('--output', required=True)
  arguments, pipeline_options = parser.parse_known_args()
  workload = {'wordcount': wordcount, 'shuffle': shuffle}[arguments.workload]
  with beam.Pipeline(options=PipelineOptions(pipeline_options)) as pipeline:
    workload(pipeline, arguments) | 'Write' >> beam.io.WriteToText(arguments.output)


if __name__ == '__main__':
  sys.exit(main())
