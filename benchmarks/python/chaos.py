"""The pipeline of `benchmarks/run.sh chaos-python`: sums by key in windows, from Kafka to Kafka.

  python chaos.py --bootstrap=HOST:PORT --events=TOPIC --results=TOPIC --window=SECONDS \
      --transactions=ID --expansion=HOST:PORT [pipeline option ...]

Submits the job and ends. An event is "TIMESTAMP AMOUNT"; its time is when the broker has taken it. A
result is "window KEY START END COUNT SUM", in milliseconds.
"""

import argparse
import typing

import apache_beam as beam
from apache_beam.io.kafka import ReadFromKafka
from apache_beam.io.kafka import WriteToKafka
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.transforms.window import FixedWindows

Record = typing.Tuple[bytes, bytes]


def amount(record):
  key, value = record
  return key, int(value.split()[1])


class SumOfWindow(beam.DoFn):
  """Formats what a window has of a key."""

  def process(self, group, window=beam.DoFn.WindowParam):
    key, amounts = group
    amounts = list(amounts)
    start = window.start.micros // 1000
    end = window.end.micros // 1000
    result = f'window {key.decode()} {start} {end} {len(amounts)} {sum(amounts)}'
    yield key, result.encode()


def main():
  parser = argparse.ArgumentParser()
  for name in ('bootstrap', 'events', 'results', 'transactions', 'expansion'):
    parser.add_argument('--' + name, required=True)
  parser.add_argument('--window', type=int, required=True)
  arguments, pipeline_options = parser.parse_known_args()
  pipeline = beam.Pipeline(options=PipelineOptions(pipeline_options))
  _ = (
      pipeline
      | 'Events' >> ReadFromKafka(
          consumer_config={
              'bootstrap.servers': arguments.bootstrap,
              'auto.offset.reset': 'earliest',
          },
          topics=[arguments.events],
          timestamp_policy=ReadFromKafka.log_append_time,
          consumer_polling_timeout=1,
          expansion_service=arguments.expansion)
      | 'Amounts' >> beam.Map(amount).with_output_types(typing.Tuple[bytes, int])
      | 'Windows' >> beam.WindowInto(FixedWindows(arguments.window))
      | 'Group' >> beam.GroupByKey()
      | 'Sums' >> beam.ParDo(SumOfWindow()).with_output_types(Record)
      | 'Results' >> WriteToKafka(
          producer_config={
              'bootstrap.servers': arguments.bootstrap,
              'transactional.id': arguments.transactions,
          },
          topic=arguments.results,
          expansion_service=arguments.expansion))
  pipeline.run()


if __name__ == '__main__':
  main()
