package dev.trestle.runner.harness;

import dev.trestle.runner.operator.SideInputs;
import dev.trestle.translation.graph.HarnessSpec;
import dev.trestle.translation.wire.OpaqueWindow;
import dev.trestle.translation.wire.OpaqueWindowFn;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleRequest.CacheToken;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateGetResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateKey;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateResponse;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.Materializations.MultimapView;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * Answers what workers ask of side inputs, from what the task has received of them. An answer of
 * several pages is that of the moment of the first page, as long as the bundle is out. A worker may
 * keep answers until the contents of the side input change.
 */
final class SideInputAnswers implements StateAnswers {

  /** A side input as a worker names it. */
  private record Name(String transform, String localName) {}

  private final String step;
  private final SideInputs sideInputs;
  private final Map<Name, HarnessSpec.SideInput> byName = new HashMap<>();

  /** Answers that have more pages. */
  private final Map<RemoteBundle, Map<StateKey, Pages>> begun = new HashMap<>();

  /** No other task has answers under the same tokens. */
  private final String tokenPrefix = UUID.randomUUID() + " ";

  SideInputAnswers(String step, HarnessSpec spec, SideInputs sideInputs) {
    this.step = step;
    this.sideInputs = sideInputs;
    for (HarnessSpec.SideInput each : spec.sideInputs()) {
      byName.put(new Name(each.transform(), each.localName()), each);
    }
  }

  @Override
  public List<CacheToken> tokens() {
    List<CacheToken> tokens = new ArrayList<>(byName.size());
    byName.forEach(
        (name, sideInput) ->
            tokens.add(
                CacheToken.newBuilder()
                    .setSideInput(
                        CacheToken.SideInput.newBuilder()
                            .setTransformId(name.transform)
                            .setSideInputId(name.localName))
                    .setToken(
                        ByteString.copyFromUtf8(tokenPrefix + sideInputs.version(sideInput.tag())))
                    .build()));
    return tokens;
  }

  @Override
  public void ended(RemoteBundle bundle) {
    begun.remove(bundle);
  }

  @Override
  public StateResponse.Builder answer(RemoteBundle bundle, StateRequest request) {
    if (!request.hasGet()) {
      throw new HarnessException(
          step, "its worker asks to change what cannot be: " + request.getStateKey().getTypeCase());
    }
    StateKey key = request.getStateKey();
    ByteString token = request.getGet().getContinuationToken();
    Map<StateKey, Pages> its = begun.computeIfAbsent(bundle, unused -> new HashMap<>());
    try {
      Pages known = its.get(key);
      Pages pages = known == null ? pages(key) : known;
      StateGetResponse page = pages.page(token);
      if (known == null && !page.getContinuationToken().isEmpty()) {
        its.put(key, pages);
      }
      return StateResponse.newBuilder().setGet(page);
    } catch (IOException e) {
      throw new HarnessException(step, e);
    }
  }

  private Pages pages(StateKey key) throws IOException {
    return switch (key.getTypeCase()) {
      case ITERABLE_SIDE_INPUT -> {
        StateKey.IterableSideInput of = key.getIterableSideInput();
        HarnessSpec.SideInput side = find(of.getTransformId(), of.getSideInputId());
        BoundedWindow window = window(side, of.getWindow());
        yield Pages.of(
            window == null ? List.of() : sideInputs.elements(side.tag(), window).get(),
            side.elements().coder());
      }
      case MULTIMAP_SIDE_INPUT -> {
        StateKey.MultimapSideInput of = key.getMultimapSideInput();
        HarnessSpec.SideInput side = find(of.getTransformId(), of.getSideInputId());
        KvCoder<Object, Object> coder = pairs(side);
        Object wanted = coder.getKeyCoder().decode(of.getKey().newInput());
        yield Pages.of(multimap(side, of.getWindow()).get(wanted), coder.getValueCoder());
      }
      case MULTIMAP_KEYS_SIDE_INPUT -> {
        StateKey.MultimapKeysSideInput of = key.getMultimapKeysSideInput();
        HarnessSpec.SideInput side = find(of.getTransformId(), of.getSideInputId());
        yield Pages.of(multimap(side, of.getWindow()).get(), pairs(side).getKeyCoder());
      }
      case MULTIMAP_KEYS_VALUES_SIDE_INPUT -> {
        StateKey.MultimapKeysValuesSideInput of = key.getMultimapKeysValuesSideInput();
        HarnessSpec.SideInput side = find(of.getTransformId(), of.getSideInputId());
        yield groups(multimap(side, of.getWindow()), pairs(side));
      }
      default ->
          throw new HarnessException(
              step, "its worker asks for state that it does not have: " + key.getTypeCase());
    };
  }

  private static Pages groups(MultimapView<Object, Object> multimap, KvCoder<Object, Object> of) {
    List<KV<Object, Iterable<Object>>> groups = new ArrayList<>();
    for (Object key : multimap.get()) {
      groups.add(KV.of(key, multimap.get(key)));
    }
    return Pages.of(groups, KvCoder.of(of.getKeyCoder(), IterableCoder.of(of.getValueCoder())));
  }

  private MultimapView<Object, Object> multimap(HarnessSpec.SideInput side, ByteString window)
      throws IOException {
    BoundedWindow found = window(side, window);
    return found == null ? new NoValues() : sideInputs.multimap(side.tag(), found);
  }

  /**
   * The window that a worker names. Some name one that only their SDK knows by less than what it is
   * on the wire: it is one then that has contents, or null.
   */
  private @Nullable BoundedWindow window(HarnessSpec.SideInput side, ByteString named)
      throws IOException {
    if (!(side.elements().windowing().getWindowFn() instanceof OpaqueWindowFn)) {
      return side.elements().windowCoder().decode(named.newInput());
    }
    byte[] bytes = named.toByteArray();
    for (BoundedWindow each : sideInputs.windows(side.tag())) {
      if (each instanceof OpaqueWindow opaque
          ? opaque.isWrittenAs(bytes)
          : each.equals(side.elements().windowCoder().decode(named.newInput()))) {
        return each;
      }
    }
    return null;
  }

  /** Of a window without contents. */
  private static final class NoValues implements MultimapView<Object, Object> {
    @Override
    public Iterable<Object> get() {
      return List.of();
    }

    @Override
    public Iterable<Object> get(@Nullable Object key) {
      return List.of();
    }
  }

  @SuppressWarnings("unchecked") // as the side input's access pattern has it
  private KvCoder<Object, Object> pairs(HarnessSpec.SideInput side) {
    if (side.elements().coder() instanceof KvCoder<?, ?> coder) {
      return (KvCoder<Object, Object>) coder;
    }
    throw new HarnessException(step, side.localName() + " is not read by key");
  }

  private HarnessSpec.SideInput find(String transform, String localName) {
    HarnessSpec.SideInput side = byName.get(new Name(transform, localName));
    if (side == null) {
      throw new HarnessException(step, "its worker asks for an unknown side input " + localName);
    }
    return side;
  }
}
