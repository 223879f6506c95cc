"""Beam's own tests of portable runners, against the job server of --test-pipeline-options."""

import shlex

import pytest
from apache_beam import Pipeline
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.options.pipeline_options import PortableOptions
from apache_beam.options.pipeline_options import StandardOptions
from apache_beam.runners.portability import portable_runner_test
from apache_beam.runners.portability.fn_api_runner import fn_runner_test

# Beam leaves these out for portable runners, because the job API has no call for it. Here there is a
# pipeline option, with which a job is drained from its start.
_DRAINING = (
    'test_draining_sdf_with_sdf_initiated_checkpointing',
    'test_sdf_default_truncate_when_bounded',
    'test_sdf_default_truncate_when_unbounded',
    'test_sdf_with_truncate',
)


class JobServerTest(portable_runner_test.PortableRunnerTest):
  """The tests are inherited."""

  @pytest.fixture(autouse=True)
  def _given(self, request):
    arguments = shlex.split(request.config.getoption('test_pipeline_options'))
    type(self)._arguments = arguments
    type(self)._job_endpoint = PipelineOptions(arguments).view_as(PortableOptions).job_endpoint

  def create_options(self):
    options = super().create_options()  # with caches and buffers that are off otherwise
    given = PipelineOptions(self._arguments)
    environment = given.view_as(PortableOptions)
    target = options.view_as(PortableOptions)
    target.environment_type = environment.environment_type
    target.environment_config = environment.environment_config
    target.environment_options = environment.environment_options
    options.view_as(StandardOptions).streaming = given.view_as(StandardOptions).streaming
    return options

  def create_pipeline(self, is_drain=False):
    options = self.create_options()
    if is_drain:
      options = PipelineOptions(['--drain'], **options.get_all_options(drop_default=True))
    return Pipeline(self.get_runner(), options)


for _name in _DRAINING:
  setattr(JobServerTest, _name, getattr(fn_runner_test.FnApiRunnerTest, _name))
