package dev.trestle.runner.worker;

import static dev.trestle.runner.worker.RecordedBundle.take;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.Elements;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.InstructionRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.InstructionResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnControlGrpc;
import org.apache.beam.model.fnexecution.v1.BeamFnDataGrpc;
import org.apache.beam.model.fnexecution.v1.BeamFnStateGrpc;
import org.apache.beam.sdk.fn.channel.AddHarnessIdInterceptor;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Channel;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ClientInterceptors;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ManagedChannel;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.netty.NettyChannelBuilder;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.ClientCallStreamObserver;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.ClientResponseObserver;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.StreamObserver;

/** A worker that does what a test says, and nothing else. */
final class FakeWorker implements AutoCloseable {

  final Inbox<InstructionResponse, InstructionRequest> control = new Inbox<>();
  final Inbox<Elements, Elements> data = new Inbox<>();
  final Inbox<StateRequest, StateResponse> state = new Inbox<>();
  private final ManagedChannel transport;
  private final Channel channel;

  FakeWorker(WorkerServer server, String id) {
    this.transport = connect(server);
    this.channel = ClientInterceptors.intercept(transport, AddHarnessIdInterceptor.create(id));
  }

  static ManagedChannel connect(WorkerServer server) {
    return NettyChannelBuilder.forTarget(server.endpoint().getUrl())
        .usePlaintext()
        .maxInboundMessageSize(Integer.MAX_VALUE)
        .build();
  }

  Channel channel() {
    return channel;
  }

  StreamObserver<InstructionResponse> openControl() {
    return BeamFnControlGrpc.newStub(channel).control(control);
  }

  StreamObserver<Elements> openData() {
    return BeamFnDataGrpc.newStub(channel).data(data);
  }

  StreamObserver<StateRequest> openState() {
    return BeamFnStateGrpc.newStub(channel).state(state);
  }

  static Elements elements(String instruction, String port, String bytes, boolean last) {
    return Elements.newBuilder()
        .addData(
            Elements.Data.newBuilder()
                .setInstructionId(instruction)
                .setTransformId(port)
                .setData(ByteString.copyFromUtf8(bytes))
                .setIsLast(last))
        .build();
  }

  static Elements timers(String instruction, String bytes, boolean last) {
    return Elements.newBuilder()
        .addTimers(
            Elements.Timers.newBuilder()
                .setInstructionId(instruction)
                .setTransformId(Descriptors.PAR_DO)
                .setTimerFamilyId("timer")
                .setTimers(ByteString.copyFromUtf8(bytes))
                .setIsLast(last))
        .build();
  }

  static InstructionResponse processed(String instruction) {
    return InstructionResponse.newBuilder()
        .setInstructionId(instruction)
        .setProcessBundle(ProcessBundleResponse.getDefaultInstance())
        .build();
  }

  /** As if the process had been killed. */
  void die() {
    transport.shutdownNow();
  }

  @Override
  public void close() {
    transport.shutdownNow();
  }

  /** What comes through a stream. */
  static final class Inbox<I, O> implements ClientResponseObserver<I, O> {

    final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final BlockingQueue<O> messages = new LinkedBlockingQueue<>();
    private boolean reads = true;
    private ClientCallStreamObserver<I> stream;

    /** Has it that nothing is read; to be called before the stream is opened. */
    void readNothing() {
      reads = false;
    }

    void readAll() {
      stream.request(Integer.MAX_VALUE);
    }

    O next() throws InterruptedException {
      return take(messages);
    }

    boolean isEmpty() {
      return messages.isEmpty();
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<I> opened) {
      stream = opened;
      if (!reads) {
        opened.disableAutoRequestWithInitial(0);
      }
    }

    @Override
    public void onNext(O message) {
      messages.add(message);
    }

    @Override
    public void onError(Throwable cause) {
      ended.completeExceptionally(cause);
    }

    @Override
    public void onCompleted() {
      ended.complete(null);
    }
  }
}
