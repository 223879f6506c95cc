package dev.trestle.runner.harness;

import dev.trestle.runner.keyed.KeyedContext;
import dev.trestle.translation.graph.HarnessSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleRequest.CacheToken;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateAppendResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateClearResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateGetResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateKey;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateResponse;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.state.MultimapState;
import org.apache.beam.sdk.state.State;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * Answers what workers ask of user state, and leaves questions for side inputs to others. State is
 * kept as the bytes that workers append; they make all kinds of it out of three: bags, multimaps
 * and ordered lists. A worker may keep what it knows of it for as long as the task lives, for it
 * sees all that becomes of a key; but not what has come in several pages, nor the entries of a map.
 * Beam's worker for Java takes a part that it has kept of these for the whole, once it has changed
 * something.
 */
final class UserStateAnswers implements StateAnswers {

  private static final Coder<byte[]> BYTES = ByteArrayCoder.of();

  /** A cell as a worker names it. */
  private record Name(String transform, String localName) {}

  private final String step;
  private final KeyedContext keyed;
  private final WireKeys keys;
  private final Coder<BoundedWindow> windowCoder;
  private final StateWindows windows;
  private final StateAnswers others;
  private final Map<Name, String> cells = new HashMap<>();
  private final Map<Name, ValueCounter> counters = new HashMap<>();
  private CacheToken token = newToken();

  /** Whether a bundle has been told what its worker is not to keep any longer. */
  private boolean spoilt;

  /** Answers that have more pages. */
  private final Map<StateKey, Pages> begun = new HashMap<>();

  /**
   * Answers.
   *
   * @param windows knows the windows that workers name
   * @param others answers what does not concern user state
   * @param taskIndex of the task
   */
  UserStateAnswers(
      HarnessStep step,
      KeyedContext keyed,
      WireKeys keys,
      StateWindows windows,
      StateAnswers others,
      int taskIndex) {
    this.step = step.transform();
    this.keyed = keyed;
    this.keys = keys;
    windowCoder = step.input().windowCoder();
    this.windows = windows;
    this.others = others;
    for (HarnessSpec.UserState cell : step.spec().userStates()) {
      Name name = new Name(cell.transform(), cell.localName());
      cells.put(name, step.nameInState(cell.transform(), cell.localName()));
      if (cell.values() != null) {
        counters.put(
            name,
            new ValueCounter(
                new InquiryCalls(step.transform(), cell.values(), step.workers(), taskIndex)));
      }
    }
  }

  private static CacheToken newToken() {
    return CacheToken.newBuilder()
        .setUserState(CacheToken.UserState.getDefaultInstance())
        .setToken(ByteString.copyFromUtf8(UUID.randomUUID().toString()))
        .build();
  }

  @Override
  public List<CacheToken> tokens() {
    List<CacheToken> tokens = new ArrayList<>(others.tokens());
    tokens.add(token);
    return tokens;
  }

  @Override
  public void ended(RemoteBundle bundle) {
    begun.clear();
    if (spoilt) {
      token = newToken();
      spoilt = false;
    }
    others.ended(bundle);
  }

  @Override
  public StateResponse.Builder answer(RemoteBundle bundle, StateRequest request) {
    try {
      UserCell cell = cell(request.getStateKey());
      return cell == null ? others.answer(bundle, request) : answer(cell, request);
    } catch (IOException e) {
      throw new HarnessException(step, e);
    }
  }

  private StateResponse.Builder answer(UserCell cell, StateRequest request) throws IOException {
    StateResponse.Builder response = StateResponse.newBuilder();
    return switch (request.getRequestCase()) {
      case GET -> response.setGet(page(cell, request));
      case APPEND -> {
        begun.clear();
        cell.append(request.getAppend().getData());
        yield response.setAppend(StateAppendResponse.getDefaultInstance());
      }
      case CLEAR -> {
        begun.clear();
        cell.clear();
        yield response.setClear(StateClearResponse.getDefaultInstance());
      }
      default ->
          throw new HarnessException(
              step, "its worker asks of state what nobody knows: " + request.getRequestCase());
    };
  }

  private StateGetResponse page(UserCell cell, StateRequest request) throws IOException {
    StateKey key = request.getStateKey();
    Pages known = begun.get(key);
    Pages pages = known == null ? cell.read() : known;
    StateGetResponse page = pages.page(request.getGet().getContinuationToken());
    boolean partial = !page.getContinuationToken().isEmpty();
    if (known == null && partial) {
      begun.put(key, pages);
    }
    spoilt |= partial || cell instanceof UserCell.MapEntries;
    return page;
  }

  /** What a state key stands for; null where that is not user state. */
  private @Nullable UserCell cell(StateKey key) throws IOException {
    return switch (key.getTypeCase()) {
      case BAG_USER_STATE -> {
        StateKey.BagUserState of = key.getBagUserState();
        yield new UserCell.Bag(
            at(
                of.getTransformId(),
                of.getUserStateId(),
                of.getWindow(),
                of.getKey(),
                id -> StateTags.bag(id, BYTES)));
      }
      case MULTIMAP_USER_STATE -> {
        StateKey.MultimapUserState of = key.getMultimapUserState();
        yield new UserCell.MapValues(
            multimap(of.getTransformId(), of.getUserStateId(), of.getWindow(), of.getKey()),
            of.getMapKey());
      }
      case MULTIMAP_KEYS_USER_STATE -> {
        StateKey.MultimapKeysUserState of = key.getMultimapKeysUserState();
        yield new UserCell.MapKeys(
            multimap(of.getTransformId(), of.getUserStateId(), of.getWindow(), of.getKey()));
      }
      case MULTIMAP_ENTRIES_USER_STATE -> {
        StateKey.MultimapEntriesUserState of = key.getMultimapEntriesUserState();
        yield new UserCell.MapEntries(
            multimap(of.getTransformId(), of.getUserStateId(), of.getWindow(), of.getKey()),
            counter(of.getTransformId(), of.getUserStateId()));
      }
      case ORDERED_LIST_USER_STATE -> {
        StateKey.OrderedListUserState of = key.getOrderedListUserState();
        yield new UserCell.Sorted(
            at(
                of.getTransformId(),
                of.getUserStateId(),
                of.getWindow(),
                of.getKey(),
                id -> StateTags.orderedList(id, BYTES)),
            of.getRange());
      }
      default -> null;
    };
  }

  private ValueCounter counter(String transform, String localName) {
    ValueCounter counter = counters.get(new Name(transform, localName));
    if (counter == null) {
      throw new HarnessException(
          step, "its worker asks for all values at once of what is no multimap, " + localName);
    }
    return counter;
  }

  private MultimapState<byte[], byte[]> multimap(
      String transform, String localName, ByteString window, ByteString key) throws IOException {
    return at(transform, localName, window, key, id -> StateTags.multimap(id, BYTES, BYTES));
  }

  private <T extends State> T at(
      String transform,
      String localName,
      ByteString window,
      ByteString key,
      Function<String, StateTag<T>> tag)
      throws IOException {
    String id = cells.get(new Name(transform, localName));
    if (id == null) {
      throw new HarnessException(step, "its worker asks for unknown state " + localName);
    }
    keys.makeCurrent(key);
    return keyed
        .state()
        .state(StateNamespaces.window(windowCoder, windows.read(window)), tag.apply(id));
  }
}
