"""Runs the quick starts of the documentation as they are written.

  python quick_starts.py ROOT [--chosen=FILE --kafka=CLASSPATH --scratch=DIR]

ROOT is the working tree. FILE names the sections to run, one a line; without it they are only listed.
The command lines of a section are run in a copy of the places that they name: a directory with links to
the launcher and the license. The server is started as the section "Server" has it. CLASSPATH has the
broker, and what sends orders to it.

Standard output carries one JSON object a line, {"event": "found" | "start" | "end", "test":
"quick-start#section"}; what else is printed goes to standard error.
"""

import argparse
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

SERVER = 'Server'
KAFKA = 'Python with Kafka'
BROKER = '127.0.0.1:9092'
PATIENCE_SECONDS = 600

_events = os.fdopen(os.dup(1), 'w', buffering=1)
os.dup2(2, 1)


def _say(event, section, **more):
  _events.write(json.dumps({'event': event, 'test': 'quick-start#' + section, **more}) + '\n')


def sections(document):
  """The text of each section, by its title."""
  parts = re.split(r'^## (.+)$', document, flags=re.M)
  return dict(zip(parts[1::2], parts[2::2]))


def commands(text):
  """The blocks of commands of a section."""
  fenced = re.findall(r'^```sh\n(.*?)^```$', text, flags=re.M | re.S)
  return fenced or re.findall(r'^    (.+)$', text, flags=re.M)


class Service:
  """A process that is ready when it says so."""

  def __init__(self, command, cwd, log):
    self._log = log
    with open(log, 'wb') as output:
      self._process = subprocess.Popen(
          command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
          start_new_session=True)
    end = time.monotonic() + PATIENCE_SECONDS
    while not re.search('^ready endpoint=', self._text(), re.M):
      if self._process.poll() is not None or time.monotonic() > end:
        self.close()
        raise RuntimeError(f'{command} does not start:\n{self._text()}')
      time.sleep(0.1)

  def _text(self):
    return pathlib.Path(self._log).read_text(errors='replace')

  def close(self):
    try:
      os.killpg(self._process.pid, signal.SIGTERM)
      self._process.wait(30)
    except ProcessLookupError:
      pass
    except subprocess.TimeoutExpired:
      os.killpg(self._process.pid, signal.SIGKILL)


def run(section, text, place, arguments):
  """The lines that a section has printed, and whether all its commands went well."""
  log = arguments.scratch / (re.sub(r'\W+', '-', section).lower() + '.log')
  services = []
  try:
    if section == KAFKA:
      broker = ['java', '-cp', arguments.kafka, 'dev.trestle.integration.kafka.BrokerMain']
      services.append(
          Service([*broker, str(arguments.scratch / 'kafka'), BROKER.split(':')[1]],
                  place, arguments.scratch / 'broker.log'))
      for topic in ('orders', 'orders-by-customer'):
        subprocess.run(
            ['java', '-cp', arguments.kafka, 'dev.trestle.integration.kafka.TopicMain', BROKER,
             topic], check=True)
    with open(log, 'wb') as output:
      for block in commands(text):
        done = subprocess.run(
            ['bash', '-e', '-o', 'pipefail', '-c', block], cwd=place, stdin=subprocess.DEVNULL,
            stdout=output, stderr=output, check=False)
        if done.returncode != 0:
          return False, log
      if section == KAFKA:
        orders = ['java', '-cp', arguments.kafka, 'dev.trestle.integration.kafka.OrdersMain']
        done = subprocess.run(
            [*orders, BROKER, 'orders', 'orders-by-customer'], stdin=subprocess.DEVNULL,
            stdout=output, stderr=output, check=False)
        return done.returncode == 0, log
    return True, log
  finally:
    for service in services:
      service.close()


def main():
  parser = argparse.ArgumentParser()
  parser.add_argument('root', type=pathlib.Path)
  parser.add_argument('--chosen', type=pathlib.Path)
  parser.add_argument('--kafka')
  parser.add_argument('--scratch', type=pathlib.Path)
  arguments = parser.parse_args()
  document = (arguments.root / 'docs' / 'quick-start.md').read_text()
  written = {title: text for title, text in sections(document).items() if commands(text)}
  if not arguments.chosen:
    for section in written:
      if section != SERVER:
        _say('found', section)
    return
  chosen = [line.split('#', 1)[1] for line in arguments.chosen.read_text().splitlines()]
  place = arguments.scratch / 'place'
  place.mkdir()
  for name in ('trestle', 'LICENSE'):
    (place / name).symlink_to(arguments.root / name)
  [start] = commands(written[SERVER])
  server = Service(
      [*start.split(), f'--directory={arguments.scratch / "server"}'], place,
      arguments.scratch / 'server.log')
  try:
    for section in chosen:
      _say('start', section)
      good, log = run(section, written[section], place, arguments)
      text = log.read_text(errors='replace')
      last = text.strip().splitlines()[-1:] or ['nothing was printed']
      _say(
          'end', section, outcome='passed' if good else 'failed', cause='' if good else last[0],
          details='' if good else text[-20000:])
  finally:
    server.close()


if __name__ == '__main__':
  sys.exit(main())
