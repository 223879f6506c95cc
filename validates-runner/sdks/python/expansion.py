"""Serves the transforms that Beam's cross-language tests ask for.

  python expansion.py PORT ENVIRONMENT

ENVIRONMENT is where they run: EXTERNAL for this process, PROCESS for one that the job server starts.
"""

import signal
import sys

import grpc
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.portability.api import beam_artifact_api_pb2_grpc
from apache_beam.portability.api import beam_expansion_api_pb2_grpc
from apache_beam.runners.portability import artifact_service
from apache_beam.runners.portability import expansion_service
from apache_beam.runners.portability import expansion_service_test
from apache_beam.runners.worker.worker_pool_main import BeamFnExternalWorkerPoolServicer
from apache_beam.transforms.fully_qualified_named_transform import FullyQualifiedNamedTransform
from apache_beam.utils import thread_pool_executor


def main(port, environment):
  # The transforms are registered under their names when their module is loaded.
  assert expansion_service_test
  options = [
      '--sdk_location=container',
      '--pickle_library=cloudpickle',
      '--environment_type=' + environment,
  ]
  if environment == 'EXTERNAL':
    address, _ = BeamFnExternalWorkerPoolServicer.start()
    options.append('--environment_config=' + address)
  with FullyQualifiedNamedTransform.with_filter('*'):
    server = grpc.server(thread_pool_executor.shared_unbounded_instance())
    beam_expansion_api_pb2_grpc.add_ExpansionServiceServicer_to_server(
        expansion_service.ExpansionServiceServicer(PipelineOptions(options)), server)
    beam_artifact_api_pb2_grpc.add_ArtifactRetrievalServiceServicer_to_server(
        artifact_service.ArtifactRetrievalService(
            artifact_service.BeamFilesystemHandler(None).file_reader), server)
    server.add_insecure_port('localhost:' + port)
    server.start()
    signal.sigwait({signal.SIGINT, signal.SIGTERM})
    server.stop(grace=None)


if __name__ == '__main__':
  main(*sys.argv[1:])
