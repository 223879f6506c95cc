"""A pytest plugin: runs Beam's tests against a job server and says what becomes of them.

Standard output carries one JSON object a line, for whoever started the tests: {"event": "found"},
{"event": "start"} or {"event": "end"}, with "test" as module.Class#method. All else that is printed
goes to standard error.
"""

import json
import os
import shlex
import sys
import unittest

import pytest

_events = os.fdopen(os.dup(1), 'w', buffering=1)
os.dup2(2, 1)


def _say(event, test, **more):
  _events.write(json.dumps({'event': event, 'test': test, **more}) + '\n')


def pytest_addoption(parser):
  group = parser.getgroup('conformance')
  group.addoption(
      '--test-pipeline-options',
      default='',
      help='options of every pipeline, as on a command line')
  group.addoption(
      '--chosen', help='a file that names the tests to run, one a line')


def pytest_configure(config):
  from apache_beam.options import pipeline_options
  from apache_beam.testing.test_pipeline import TestPipeline
  options = config.getoption('test_pipeline_options')
  TestPipeline.pytest_test_pipeline_options = options
  pipeline_options.enable_all_additional_type_checks()
  # Where a test makes options of its own they begin with what the program was started with.
  sys.argv[1:] = shlex.split(options)
  _keep_results()


def _name(item):
  group = item.module.__name__
  if item.cls is not None:
    group += '.' + item.cls.__qualname__
  return group + '#' + item.name


# Reasons for which Beam skips tests that are none here.
_LIFTED = (
    'TestStream not yet supported',
    # The test asks for it itself.
    'SideInputs to RunInference are only supported in streaming mode.',
)


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(obj):
  if isinstance(obj, type) and issubclass(obj, unittest.TestCase):
    for name in dir(obj):
      test = getattr(obj, name)
      if getattr(test, '__unittest_skip_why__', None) in _LIFTED:
        setattr(obj, name, test.__wrapped__)


# How many seconds more than the limit tests may take that take long on purpose.
_ALLOWANCES = {
    # Reads for 20 minutes.
    'apache_beam.ml.inference.base_test.RunInferenceBaseTest'
    '#test_run_inference_with_side_inputin_streaming': 1260,
}


def pytest_collection_modifyitems(config, items):
  for item in items:
    allowance = _ALLOWANCES.get(_name(item))
    if allowance:
      limit = config.getoption('timeout')
      item.add_marker(pytest.mark.timeout(limit + allowance if limit else 0))
  chosen = config.getoption('chosen')
  if chosen:
    with open(chosen, encoding='utf-8') as lines:
      order = {name: i for i, name in enumerate(lines.read().splitlines())}
    items[:] = sorted(
        (item for item in items if _name(item) in order),
        key=lambda item: order[_name(item)])


def pytest_collection_finish(session):
  if session.config.getoption('collectonly'):
    for item in session.items:
      _say('found', _name(item))


_unfinished = []


def _keep_results():
  """Remembers what was submitted, so that what a test leaves running can be cancelled."""
  from apache_beam.runners.portability.portable_runner import PortableRunner
  submit = PortableRunner.run_portable_pipeline

  def submit_and_remember(self, pipeline, options):
    result = submit(self, pipeline, options)
    _unfinished.append(result)
    return result

  PortableRunner.run_portable_pipeline = submit_and_remember


def _cancel_unfinished():
  from apache_beam.runners.runner import PipelineState
  while _unfinished:
    result = _unfinished.pop()
    try:
      if not PipelineState.is_terminal(result.state):
        result.cancel()
    except Exception as e:  # pylint: disable=broad-except
      print('The job that the test has left cannot be cancelled:', e, file=sys.stderr)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item):
  name = _name(item)
  item.stash[_REPORTS] = []
  _say('start', name, allowance=_ALLOWANCES.get(name, 0))
  yield
  _cancel_unfinished()
  outcome, cause, details = _verdict(item.stash[_REPORTS])
  _say('end', name, outcome=outcome, cause=cause, details=details)


_REPORTS = pytest.StashKey()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
  outcome = yield
  item.stash[_REPORTS].append(outcome.get_result())


def _verdict(reports):
  """Of the reports on set-up, call and teardown the first that is not about success."""
  for report in reports:
    if report.failed:
      return 'failed', _last_words(report), report.longreprtext
    if report.skipped:
      reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ''
      return 'skipped', reason, ''
  return 'passed', '', ''


def _last_words(report):
  crash = getattr(report.longrepr, 'reprcrash', None)
  text = crash.message if crash else report.longreprtext
  lines = [line.strip() for line in text.splitlines() if line.strip()]
  return lines[0] if lines else 'no reason given'
