#!/usr/bin/env bash
# Measures Trestle beside its peers. See --help, and RESULTS.md for how to read what comes out.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
HERE=$ROOT/benchmarks
WORK=$HERE/target
JAR=$WORK/trestle-benchmarks-0.1.0-SNAPSHOT.jar
CHAOS=$ROOT/integration-tests/target
CHAOS_JAR=$CHAOS/trestle-integration-tests-0.1.0-SNAPSHOT.jar

usage() {
  cat <<'END'
benchmarks/run.sh COMMAND [OPTIONS]

  nexmark      Beam's Nexmark queries, events made as they are read
  replay       the same on events that are in memory beforehand: the engine's own cost shows
      --queries=0,1,...   of 0 to 9 and 11; all unless told
      --streaming         unbounded source and streaming mode (not with replay)
      --events=N          2000000; streaming and replay 1000000 (DirectRunner gets a fortieth,
                          streaming a thousandth)
      --runs=N            measured runs of each query, of which the median counts; 3
      --peers             also loop, flink and direct
      --durable           also trestle-durable, with a checkpoint every 10 s, and with --peers
                          flink-durable, the same with RocksDB and incremental checkpoints.
                          So that there are some, Trestle's engines get thirty times the
                          events, and flink-durable three times (not with replay)
      --engines=A,B       exactly these of trestle, loop, flink, direct, reader (which reads the
                          events on two threads and does nothing: bounded only) and the durable two
      --out=FILE          columns: query engine events seconds events_per_second results

  wordcount    whole processes on 122 MB of text
  start        whole processes on 1 kB of text
      --peers             wordcount: also flink; start: also direct
      --engines=A,B       exactly these (start also knows construct, which only builds the pipeline)
      --runs=N            processes of each engine; wordcount 3, start 5
      --input=FILE        other text (start takes the first 1 kB of it)
      --out=FILE          columns: engine bytes seconds

  python       Python pipelines as whole processes on the job server, with two workers: wordcount
               over 122 MB of text, and shuffle, 1,000,000 values of 100 bytes under 250,000 keys.
               Needs Python 3.11, and Go for Prism
      --peers             also prism, flink (its job server) and python (Beam's own in-process runner)
      --engines=A,B       exactly these
      --runs=N            processes of each engine and workload; 3
      --input=FILE        other text for wordcount
      --out=FILE          columns: workload engine seconds

  large-group  a GroupByKey of distinct keys of 100 bytes in a heap that does not hold them
      --keys=N            20000000
      --heap=SIZE         512m
      --engine=A          trestle

  many-timers  a timer for each of many keys, in a heap that does not hold them
      --keys=N            5000000
      --heap=SIZE         256m

  large-state  keyed state in RocksDB beside a bare RocksDB loop, in a heap that does not hold it
      --keys=N            50000000, of 100 bytes
      --heap=SIZE         1g

  chaos        a job from Kafka to Kafka, exactly once, whose process is killed again and again; then
               somebody else counts. Starts a broker of its own; some 10 s for each kill
      --events=N          2000000
      --kills=N           50
      --seed=N            of events and kills; 42

  chaos-python the same for a job in Python, through a job server: the server and one of its workers
               are killed in turn. Needs Python 3.11; some 20 s for each kill
      --events=N          200000
      --kills=N           20
      --seed=N            of events and kills; 42

  simulate     jobs that crash, over stores that fail, in seeded schedules; exits with 1 if the
               results of one are not those of a job that nothing disturbs. Measures nothing
      --schedules=N       10000, over all pipelines in turn
      --seed=S            the first seed of each pipeline; 1
      --pipeline=NAME     this one alone; with --schedules=1 and a seed, one schedule again

  submissions  small jobs for one job server, one after the other, and what they leave in it: its heap
               beside that after the hundredth, and how many more threads, open files and bytes on
               disk there are. Linux only
      --jobs=N            1000

  jmh          the engine's hot pieces one by one; options are JMH's own (-h shows them)

Every engine has a JVM of its own. What is not built yet is built first. Without --out, tables are
kept under benchmarks/target. TRESTLE_BENCH_TEXT names the text of wordcount and start; otherwise
it is ../shared/data/moby-dick.txt beside the project, or a text made up the same way each time.
END
}

fail() {
  echo "run.sh: $*" >&2
  exit 2
}

# ---- options -------------------------------------------------------------------------------

queries=0,1,2,3,4,5,6,7,8,9,11
streaming=false
durable=false
peers=false
engines=
events=
runs=
out=
input=
keys=
heap=
engine=trestle
kills=
jobs=1000
schedules=10000
seed=
pipeline=

command=${1-}
case $command in
  -h | --help | help) usage; exit 0 ;;
  nexmark) allowed="queries streaming durable events runs peers engines out" ;;
  replay) allowed="queries events runs peers engines out" ;;
  wordcount | start | python) allowed="peers engines runs input out" ;;
  large-group) allowed="keys heap engine" ;;
  many-timers | large-state) allowed="keys heap" ;;
  chaos | chaos-python) allowed="events kills seed" ;;
  submissions) allowed="jobs" ;;
  simulate) allowed="schedules seed pipeline" ;;
  jmh) allowed= ;;
  "") usage >&2; exit 2 ;;
  *) fail "unknown command $command; see --help" ;;
esac
shift

number() { [[ $2 =~ ^[1-9][0-9]*$ ]] || fail "$1 takes a positive number, not '$2'"; }

for option in "$@"; do
  [[ $command != jmh ]] || break
  case $option in -h | --help) usage; exit 0 ;; esac
  name=${option%%=*}
  name=${name#--}
  [[ $option == --* && " $allowed " == *" $name "* ]] || fail "$command: unknown option $option; see --help"
  value=${option#*=}
  case $name in
    streaming | durable | peers) [[ $option != *=* ]] || fail "--$name takes no value" ;;
    *) [[ $option == *=?* ]] || fail "--$name=... needs a value" ;;
  esac
  case $name in
    streaming) streaming=true ;;
    durable) durable=true ;;
    peers) peers=true ;;
    queries) queries=$value ;;
    engines) engines=${value//,/ } ;;
    engine) engine=$value ;;
    events) number --events "$value"; events=$value ;;
    runs) number --runs "$value"; runs=$value ;;
    keys) number --keys "$value"; keys=$value ;;
    kills) number --kills "$value"; kills=$value ;;
    jobs) number --jobs "$value"; jobs=$value ;;
    heap) [[ $value =~ ^[1-9][0-9]*[kmgKMG]?$ ]] || fail "--heap takes a size such as 512m"; heap=$value ;;
    schedules) number --schedules "$value"; schedules=$value ;;
    seed) number --seed "$value"; seed=$value ;;
    pipeline) pipeline=$value ;;
    input) [[ -r $value ]] || fail "cannot read $value"; input=$(realpath "$value") ;;
    out) out=$(realpath -m "$value") ;;
  esac
done

# ---- building ------------------------------------------------------------------------------

JAVA=java
[[ -z ${JAVA_HOME-} ]] || JAVA=$JAVA_HOME/bin/java

maven() { (cd "$ROOT" && ./mvnw --quiet --batch-mode "$@" >&2) || fail "the build failed: ./mvnw $*"; }

# build MODULE JAR: the module and those it needs, if a source is newer than the class path that its
# last build wrote.
build() {
  local module=$1 jar=$2 stamp=$ROOT/$1/target/trestle.classpath
  if [[ ! -f $stamp || ! -f $jar ]] ||
    [[ -n $(find "$ROOT"/pom.xml "$ROOT"/{state,translation,runner,validates-runner,"$module"}/{pom.xml,src/main} \
      "$ROOT"/{state,runner}/src/test \
      -newer "$stamp" -type f -print -quit 2>/dev/null) ]]; then
    echo "building ..." >&2
    maven --projects "$module" --also-make -DskipTests package
    touch "$stamp"
  fi
}

# A peer's class path: outside the default build, with the version of Beam that it belongs to.
build_peer() {
  local stamp=$WORK/$1.classpath pom=$HERE/$1-peer/pom.xml
  if [[ ! -f $stamp || $pom -nt $stamp ]]; then
    echo "fetching $1 ..." >&2
    maven --file "$pom" dependency:build-classpath -Dmdep.outputFile="$stamp" -Dmdep.includeScope=runtime
    touch "$stamp"
  fi
}

prepare() {
  mkdir -p "$WORK"
  build benchmarks "$JAR"
  local engine
  for engine in "$@"; do
    case $engine in
      trestle | trestle-durable | loop | reader | construct) ;;
      flink | flink-durable | direct) build_peer "${engine%-durable}" ;;
      *) fail "unknown engine $engine" ;;
    esac
  done
}

class_path() {
  case $1 in
    flink | flink-durable | direct) echo "$JAR:$(<"$WORK/${1%-durable}.classpath")" ;;
    chaos) echo "$CHAOS_JAR:$(<"$CHAOS/trestle.classpath")" ;;
    *) echo "$JAR:$(<"$WORK/trestle.classpath")" ;;
  esac
}

# ---- running -------------------------------------------------------------------------------

child=
scratch=
cleanup() {
  [[ -z $child ]] || kill "$child" 2>/dev/null || true
  [[ -z $scratch ]] || rm -rf "$scratch"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# in_jvm SECONDS HEAP ENGINE MAIN ARGUMENTS...: a JVM that is ended if it takes longer than that.
in_jvm() {
  local limit=$1 size=$2 engine=$3 status=0
  shift 3
  # As in ./trestle; Flink needs its way into the JDK besides.
  local flags=(-Xmx"$size" -XX:+UseParallelGC ${archive_flags[@]+"${archive_flags[@]}"})
  if [[ $engine == flink* ]]; then
    flags+=(--add-opens=java.base/java.lang=ALL-UNNAMED --add-opens=java.base/java.util=ALL-UNNAMED
      --add-opens=java.base/java.time=ALL-UNNAMED)
  fi
  timeout --kill-after=10 "$limit" "$JAVA" "${flags[@]}" -cp "$(class_path "$engine")" "$@" &
  child=$!
  wait "$child" || status=$?
  child=
  [[ $status != 124 ]] || echo "run.sh: $engine took longer than $limit s and was ended" >&2
  return "$status"
}

# Fills archive_flags. ./trestle starts with an archive of the classes it needs; so do the processes
# of every engine here, each with one of its own class path, made by counting a line.
archive_flags=()
choose_archive() {
  local name=${1/construct/trestle}
  local archive=$WORK/$name.jsa
  if [[ ! -f $archive || $JAR -nt $archive || $WORK/$name.classpath -nt $archive ]]; then
    echo "a line of text" >"$scratch/line.txt"
    mkdir "$scratch/line"
    archive_flags=(-XX:ArchiveClassesAtExit="$archive" -Xlog:disable)
    choose_pipeline_options "$name" false
    in_jvm 120 2g "$name" dev.trestle.benchmarks.wordcount.WordCount --input="$scratch/line.txt" \
      --output="$scratch/line/counts" -- "${pipeline_options[@]}" >"$scratch/log" 2>&1 || true
    rm -rf "$scratch/line"
  fi
  archive_flags=(-Xshare:auto -XX:SharedArchiveFile="$archive" -Xlog:disable -Xlog:all=error:stderr)
}

# Fills pipeline_options with those of an engine; all have the same parallelism.
choose_pipeline_options() {
  case $1 in
    trestle | construct) pipeline_options=(--runner=TrestleRunner --parallelism=2) ;;
    flink) pipeline_options=(--runner=FlinkRunner '--flinkMaster=[local]' --parallelism=2 --objectReuse=true) ;;
    direct) pipeline_options=(--runner=DirectRunner --targetParallelism=2) ;;
    trestle-durable)
      choose_pipeline_options trestle false
      pipeline_options+=(--checkpointDir="$scratch/trestle" --checkpointInterval=10000)
      ;;
    flink-durable)
      choose_pipeline_options flink false
      mkdir -p "$scratch/flink-conf"
      echo "state.backend.incremental: true" >"$scratch/flink-conf/flink-conf.yaml"
      pipeline_options+=(--stateBackend=rocksdb --stateBackendStoragePath="file://$scratch/flink"
        --checkpointingInterval=10000 --flinkConfDir="$scratch/flink-conf")
      ;;
    *) pipeline_options=() ;;
  esac
  if [[ $2 == true && ${#pipeline_options[@]} -gt 0 ]]; then
    pipeline_options+=(--streaming=true)
  fi
}

machine() {
  echo
  echo "$(date -u +%Y-%m-%dT%H:%MZ), commit $(git -C "$ROOT" rev-parse --short HEAD 2>/dev/null || echo unknown)," \
    "$(nproc) CPUs, $("$JAVA" -version 2>&1 | sed -n '1s/"//gp'), $(uname -srm)"
}

report() { "$JAVA" -cp "$JAR" "dev.trestle.benchmarks.report.$1" "$2"; }

start_table() {
  out=${out:-$WORK/$1.tsv}
  mkdir -p "$(dirname "$out")"
  printf '%s\n' "$2" >"$out"
}

nexmark() {
  local source=$1 size=$2 count=$3 failed=0 engine given limits
  [[ $queries =~ ^[0-9]+(,[0-9]+)*$ ]] || fail "--queries takes numbers such as 0,1,11"
  if [[ -z $engines ]] || $peers; then
    engines=trestle
    if $peers; then engines+=" loop flink direct"; fi
    if $durable; then engines+=" trestle-durable"; fi
    if $durable && $peers; then engines+=" flink-durable"; fi
  fi
  prepare $engines
  scratch=$(mktemp -d "$WORK/nexmark.XXXXXX")
  start_table "nexmark-$source" $'query\tengine\tevents\tseconds\tevents_per_second\tresults'
  for engine in $engines; do
    given=$count
    limits=(--runs="${runs:-3}" --budget=40)
    if $durable; then
      limits+=(--warmup="$count")
      case $engine in
        trestle | trestle-durable) given=$((count * 30)) ;;
        flink-durable) given=$((count * 3)) ;;
      esac
    fi
    if [[ $engine == direct ]]; then
      # Streaming, its time for query 7 grows faster than the events.
      given=$((count / ($([[ $source == streaming ]] && echo 1000 || echo 40))))
      ((given >= 1000)) || given=1000
      limits=(--runs=1 --warmup=$((given / 10)))
    fi
    choose_pipeline_options "$engine" "$streaming"
    echo "$engine, $source, $given events" >&2
    in_jvm 2400 "$size" "$engine" dev.trestle.benchmarks.nexmark.NexmarkSession \
      --engine="$engine" --source="$source" --queries="$queries" --events="$given" "${limits[@]}" \
      --out="$out" -- "${pipeline_options[@]}" >/dev/null || failed=1
  done
  machine
  report NexmarkReport "$out"
  echo "table: $out"
  [[ $failed == 0 ]] || { echo "run.sh: not every query ended well" >&2; return 1; }
}

# ---- text ----------------------------------------------------------------------------------

# Words of a steep distribution, the same at every call.
made_up_text() {
  awk 'BEGIN {
    seed = 42
    while (bytes < 1220000) {
      line = ""
      for (i = 0; i < 12; i++) {
        seed = (seed * 16807) % 2147483647
        rank = int(exp((seed / 2147483647) * log(20000)))
        word = ""
        for (n = rank * 7 + 3; n > 0; n = int(n / 26)) word = word sprintf("%c", 97 + n % 26)
        line = line (i ? " " : "") word
      }
      print line
      bytes += length(line) + 1
    }
  }'
}

# Prints the path of the text to be multiplied.
text() {
  local given=${TRESTLE_BENCH_TEXT:-$ROOT/../shared/data/moby-dick.txt}
  if [[ -r $given ]]; then
    realpath "$given"
  elif [[ -n ${TRESTLE_BENCH_TEXT-} ]]; then
    fail "cannot read TRESTLE_BENCH_TEXT=$given"
  else
    [[ -f $WORK/made-up.txt ]] || made_up_text >"$WORK/made-up.txt"
    echo "$WORK/made-up.txt"
  fi
}

hundredfold() {
  local from to=$WORK/hundredfold.txt i
  from=$(text)
  if [[ ! -f $to || $(stat -c %s "$to") != $(($(stat -c %s "$from") * 100)) ]]; then
    for ((i = 0; i < 100; i++)); do cat "$from"; done >"$to"
  fi
  echo "$to"
}

# processes KIND FILE: every engine's processes over the file, in turn, and their results compared.
processes() {
  local kind=$1 file=$2 bytes run engine start end sum failed=0 main=dev.trestle.benchmarks.wordcount.WordCount
  bytes=$(stat -c %s "$file")
  start_table "$kind" $'engine\tbytes\tseconds'
  scratch=$(mktemp -d "$WORK/$kind.XXXXXX")
  cat "$file" >/dev/null # into the file cache
  local sums=()
  for engine in $engines; do choose_archive "$engine"; done
  for ((run = 1; run <= runs; run++)); do
    for engine in $engines; do
      choose_archive "$engine"
      choose_pipeline_options "$engine" false
      local arguments=(--input="$file" --output="$scratch/out/counts")
      [[ $engine != construct ]] || arguments+=(--construct-only=true)
      rm -rf "$scratch/out"
      mkdir "$scratch/out"
      start=$(date +%s%N)
      if ! in_jvm 2400 2g "$engine" "$main" "${arguments[@]}" -- "${pipeline_options[@]}" >"$scratch/log" 2>&1; then
        echo "run.sh: $engine failed:" >&2
        tail -n 20 "$scratch/log" >&2
        failed=1
        continue
      fi
      end=$(date +%s%N)
      awk -v e="$engine" -v b="$bytes" -v t=$((end - start)) \
        'BEGIN { printf "%s\t%d\t%.3f\n", e, b, t / 1e9 }' | tee -a "$out" >&2
      if [[ $engine != construct ]]; then
        sum=$(find "$scratch/out" -type f ! -name '.*' -exec cat {} + | LC_ALL=C sort | cksum)
        [[ " ${sums[*]-} " == *" ${sum// /-} "* ]] || sums+=("${sum// /-}")
      fi
    done
  done
  machine
  report ProcessReport "$out"
  echo "table: $out"
  if [[ ${#sums[@]} -gt 1 ]]; then
    echo "run.sh: the engines' word counts differ" >&2
    failed=1
  fi
  return "$failed"
}

case $command in
  nexmark)
    if $streaming; then
      nexmark streaming 2g "${events:-1000000}"
    else
      nexmark bounded 2g "${events:-2000000}"
    fi
    ;;
  replay) nexmark replay 3g "${events:-1000000}" ;;
  wordcount)
    if $peers; then engines="trestle flink"; fi
    engines=${engines:-trestle}
    runs=${runs:-3}
    prepare $engines
    processes wordcount "${input:-$(hundredfold)}"
    ;;
  start)
    engines=${engines:-trestle construct}
    if $peers; then engines="trestle construct direct"; fi
    runs=${runs:-5}
    prepare $engines
    head -c 1000 "${input:-$(text)}" >"$WORK/one-kilobyte.txt"
    processes start "$WORK/one-kilobyte.txt"
    ;;
  python)
    if $peers; then engines="trestle prism flink python"; fi
    engines=${engines:-trestle}
    prepare
    flink=
    if [[ " $engines " == *" flink "* ]]; then
      build_peer flink
      flink=$(class_path flink)
    fi
    start_table python $'workload\tengine\tseconds'
    scratch=$(mktemp -d "$WORK/python.XXXXXX")
    status=0
    in_jvm 14400 256m trestle dev.trestle.benchmarks.python.PythonBenchmark --root="$ROOT" \
      --engines="${engines// /,}" --runs="${runs:-3}" --text="${input:-$(hundredfold)}" \
      --scratch="$scratch" ${flink:+--flink-class-path="$flink"} --out="$out" || status=$?
    [[ $status == 0 ]] || { scratch=; exit "$status"; } # keep the logs
    machine
    report WorkloadReport "$out"
    echo "table: $out"
    ;;
  large-group)
    prepare "$engine"
    choose_pipeline_options "$engine" false
    in_jvm 3600 "${heap:-512m}" "$engine" dev.trestle.benchmarks.group.LargeGroup \
      --keys="${keys:-20000000}" -- "${pipeline_options[@]}"
    ;;
  many-timers)
    prepare
    choose_pipeline_options trestle false
    in_jvm 3600 "${heap:-256m}" trestle dev.trestle.benchmarks.timers.ManyTimers \
      --keys="${keys:-5000000}" -- "${pipeline_options[@]}"
    ;;
  large-state)
    prepare
    scratch=$(mktemp -d "$WORK/large-state.XXXXXX")
    in_jvm 3600 "${heap:-1g}" trestle dev.trestle.benchmarks.state.LargeState \
      --keys="${keys:-50000000}" --directory="$scratch"
    machine
    ;;
  chaos)
    mkdir -p "$WORK"
    build integration-tests "$CHAOS_JAR"
    scratch=$(mktemp -d "$WORK/chaos.XXXXXX")
    status=0
    in_jvm 7200 512m chaos dev.trestle.integration.chaos.Chaos \
      "${events:-2000000}" "${kills:-50}" "${seed:-42}" "$scratch" || status=$?
    [[ $status == 0 ]] || { scratch=; exit "$status"; } # keep the logs
    machine
    ;;
  chaos-python)
    prepare
    build integration-tests "$CHAOS_JAR"
    python=$(in_jvm 1200 256m trestle dev.trestle.benchmarks.python.Interpreter "$ROOT")
    scratch=$(mktemp -d "$WORK/chaos-python.XXXXXX")
    status=0
    in_jvm 7200 512m chaos dev.trestle.integration.chaos.python.PythonChaos \
      "${events:-200000}" "${kills:-20}" "${seed:-42}" "$scratch" "$ROOT" "$python" || status=$?
    [[ $status == 0 ]] || { scratch=; exit "$status"; } # keep the logs
    ;;
  submissions)
    prepare
    "$ROOT/trestle" version >/dev/null # which builds it
    scratch=$(mktemp -d "$WORK/submissions.XXXXXX")
    status=0
    in_jvm 18000 512m trestle dev.trestle.benchmarks.submissions.Submissions --root="$ROOT" \
      --directory="$scratch" --jobs="$jobs" || status=$?
    [[ $status == 0 ]] || { scratch=; exit "$status"; } # keep the logs
    ;;
  simulate)
    prepare
    scratch=$(mktemp -d "$WORK/simulate.XXXXXX")
    in_jvm 3600 1g trestle dev.trestle.benchmarks.simulate.Simulate --schedules="$schedules" \
      --seed="${seed:-1}" ${pipeline:+--pipeline="$pipeline"} --directory="$scratch"
    ;;
  jmh)
    prepare
    (cd "$WORK" && exec "$JAVA" -cp "$(class_path trestle)" org.openjdk.jmh.Main "$@")
    ;;
esac
