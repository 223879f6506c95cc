package dev.trestle.runner.harness;

import java.util.List;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleRequest.CacheToken;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateResponse;

/** Answers what workers ask of state and side inputs. Belongs to the task's owner. */
interface StateAnswers {

  /**
   * The answer, without its id.
   *
   * @throws HarnessException for a question that nobody may ask
   */
  StateResponse.Builder answer(RemoteBundle bundle, StateRequest request);

  /** What a worker may keep of earlier answers in a bundle that begins now. */
  List<CacheToken> tokens();

  /** Says that a bundle asks nothing any more. */
  void ended(RemoteBundle bundle);
}
