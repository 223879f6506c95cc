#!/usr/bin/env bash
# Builds the image, has a container count words for a client in Python and, beside a broker of Kafka,
# read from that and write to it; and checks the manifests.
#
# For Debian, as root; needs no registry of images: the base is put together from packages of the
# release that this machine runs. What is missing here is installed. What is kept between runs is in
# ~/.cache/trestle/image and may be deleted, when no container runs.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(dirname "$here")"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/trestle/image"
image=localhost/trestle:test
container=trestle-image-test
volume=trestle-image-test

# The version of something, as the build has it.
version_of() {
  sed -n "s:.*<$1.version>\(.*\)</$1.version>.*:\1:p" "$root/pom.xml"
}

beam="$(version_of beam)"
kafka="localhost/trestle-kafka:$(version_of kafka)"
work="$(mktemp -d)"

fail() {
  echo "docker/test.sh: $*" >&2
  exit 1
}

step() {
  echo "docker/test.sh: $*" >&2
}

clean_up() {
  if command -v podman >/dev/null; then
    [[ -z "${composed:-}" ]] || compose down --volumes >/dev/null 2>&1 || true
    podman rm --force --time=5 "$container" >/dev/null 2>&1 || true
    podman volume rm --force "$volume" >/dev/null 2>&1 || true
  fi
  rm -rf "$work"
}
trap clean_up EXIT

# ---- Tools -------------------------------------------------------------------------------------

install_tools() {
  [[ "$(id -u)" == 0 ]] || fail "it has to be root, for containers and packages."
  command -v apt-get >/dev/null || fail "it is made for Debian."
  local package missing=()
  for package in podman buildah runc mmdebstrap netavark aardvark-dns catatonit iptables \
    python3-venv python3-dev gcc; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed' ||
      missing+=("$package")
  done
  if ((${#missing[@]})); then
    step "installing ${missing[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends "${missing[@]}" >&2
  fi
}

# Storage of its own, and settings with which containers run inside of others, too.
configure_containers() {
  mkdir -p "$cache"
  cat >"$cache/containers.conf" <<-EOF
	[containers]
	default_ulimits = ["nofile=20000:20000", "nproc=4096:4096"]
	[engine]
	runtime = "runc"
	cgroup_manager = "cgroupfs"
	events_logger = "file"
	[network]
	network_backend = "netavark"
	EOF
  cat >"$cache/storage.conf" <<-EOF
	[storage]
	driver = "overlay"
	graphroot = "$cache/storage"
	runroot = "/run/trestle-image"
	EOF
  export CONTAINERS_CONF="$cache/containers.conf"
  export CONTAINERS_STORAGE_CONF="$cache/storage.conf"
}

# The client and the tools that check the manifests; and the same packages once more, for the image.
# Debian's Python, so that it is the same version there.
install_python() {
  local packages=("apache-beam==$beam" kafka-python==3.0.12 podman-compose==1.6.0
    kubernetes-validate==1.37.0)
  local key
  key="$(echo "${packages[*]} $(/usr/bin/python3 --version)" | sha256sum | head -c 12)"
  python="$cache/python-$key"
  if [[ ! -f "$python/complete" ]]; then
    step "installing ${packages[*]}"
    rm -rf "$python"
    /usr/bin/python3 -m venv "$python"
    "$python/bin/pip" wheel --quiet --wheel-dir "$python/wheels" "apache-beam==$beam"
    "$python/bin/pip" install --quiet --find-links "$python/wheels" "${packages[@]}"
    touch "$python/complete"
  fi
}

# ---- Images ------------------------------------------------------------------------------------

build_distribution() {
  step "building the distribution"
  "$root/mvnw" -q -f "$root/pom.xml" -DskipTests -pl expansion,job-server -am package >&2
  local version
  version="$(sed -n 's:^  <version>\(.*\)</version>:\1:p' "$root/pom.xml")"
  distribution="$root/job-server/target/trestle-$version"
  [[ -x "$distribution/bin/trestle" ]] || fail "there is no distribution at $distribution."
}

build_base() {
  local release
  release="$(. /etc/os-release && echo "$VERSION_CODENAME")"
  base="localhost/trestle-base:$release"
  if ! podman image exists "$base"; then
    step "putting $base together"
    mmdebstrap --variant=minbase --quiet \
      --include=default-jre-headless,python3,python3-venv,ca-certificates \
      "$release" "$work/base.tar"
    podman import --quiet "$work/base.tar" "$base" >/dev/null
    rm "$work/base.tar"
  fi
}

# The health check is Docker's own: other formats of images have none.
build_image() {
  step "building $image"
  buildah bud --quiet --format docker --layers --network none --file "$here/Dockerfile" --tag "$image" \
    --build-arg BASE="$base" --build-arg PYTHON_PACKAGES="apache-beam==$beam" \
    --build-arg PIP_FIND_LINKS=/wheels --build-arg PIP_NO_INDEX=1 \
    --volume "$python/wheels:/wheels:ro" "$distribution" >/dev/null
}

# ---- A container -------------------------------------------------------------------------------

# As the manifest for Kubernetes has it.
start_container() {
  podman run --detach --name "$container" --init --read-only --tmpfs /tmp:exec,mode=1777 \
    --cap-drop=all --security-opt=no-new-privileges --publish 127.0.0.1::8099 \
    --volume "$volume:/var/lib/trestle" --volume "$work:$work" \
    "$image" server --listen=0.0.0.0 --insecure >/dev/null
  await_health
  endpoint="$(podman port "$container" 8099/tcp)"
}

await_health() {
  local tries=60
  until podman healthcheck run "$container" >/dev/null 2>&1; do
    ((tries-- > 0)) || {
      podman logs "$container" >&2
      fail "the container does not become healthy."
    }
    sleep 1
  done
}

check_user() {
  [[ "$(podman exec "$container" id -u)" == 10001 ]] || fail "it runs as somebody else."
}

count_words() {
  step "counting words at $endpoint"
  cp "$root/LICENSE" "$work/input.txt"
  mkdir "$work/out"
  chmod 755 "$work"
  chmod 777 "$work/out"
  "$python/bin/python" -m apache_beam.examples.wordcount \
    --input="$work/input.txt" --output="$work/out/counts" --job_name=words \
    --runner=PortableRunner --job_endpoint="$endpoint" >"$work/client.log" 2>&1 || {
    tail -n 30 "$work/client.log" >&2
    podman logs --tail=50 "$container" >&2
    fail "the word count has failed."
  }
  LC_ALL=C.UTF-8 grep -oP "(*UCP)[\\w']+" "$work/input.txt" | sort | uniq -c |
    awk '{print $2 ": " $1}' | LC_ALL=C sort >"$work/expected"
  LC_ALL=C sort "$work"/out/counts-* >"$work/counted"
  cmp "$work/expected" "$work/counted" || fail "the words are not counted right."
  echo "words: $(wc -l <"$work/counted")"
}

# Ends at SIGTERM by itself, and knows its jobs when it is started again.
restart_container() {
  podman stop --time=60 "$container" >/dev/null
  local status
  status="$(podman inspect --format '{{.State.ExitCode}}' "$container")"
  [[ "$status" == 143 ]] || fail "it has ended with $status, and should with that of SIGTERM."
  podman logs "$container" 2>&1 | grep -q "the job server is ending" ||
    fail "it has not ended in good order."
  podman start "$container" >/dev/null
  await_health
  podman exec "$container" trestle jobs --all | grep -q '^words .*DONE' ||
    fail "the job has been forgotten."
}

# ---- Compose -----------------------------------------------------------------------------------

# The broker's jars, and what its real image does with the variables of its environment.
build_kafka() {
  podman image exists "$kafka" && return
  step "building $kafka"
  mkdir "$work/kafka"
  cat >"$work/kafka/pom.xml" <<-EOF
	<project>
	  <modelVersion>4.0.0</modelVersion>
	  <groupId>kafka</groupId>
	  <artifactId>kafka</artifactId>
	  <version>1</version>
	  <dependencies>
	    <dependency>
	      <groupId>org.apache.kafka</groupId>
	      <artifactId>kafka_2.13</artifactId>
	      <version>$(version_of kafka)</version>
	    </dependency>
	  </dependencies>
	</project>
	EOF
  "$root/mvnw" -q -f "$work/kafka/pom.xml" \
    org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies \
    -DoutputDirectory="$work/kafka/libs" >&2
  cat >"$work/kafka/run" <<-'EOF'
	#!/bin/bash
	set -eu
	for name in "${!KAFKA_@}"; do
	  key="${name#KAFKA_}"
	  key="${key,,}"
	  echo "${key//_/.}=${!name}"
	done >/tmp/server.properties
	kafka=(java -Xmx256m -cp '/opt/kafka/*')
	"${kafka[@]}" kafka.tools.StorageTool format --ignore-formatted \
	  --cluster-id=5L6g3nShT-eMCtK--X86sw --config=/tmp/server.properties
	exec "${kafka[@]}" kafka.Kafka /tmp/server.properties
	EOF
  cat >"$work/kafka/Dockerfile" <<-EOF
	FROM $base
	COPY libs /opt/kafka
	COPY --chmod=755 run /run-kafka
	RUN mkdir -p /var/lib/kafka/data && chown 1000:1000 /var/lib/kafka/data
	USER 1000:1000
	VOLUME /var/lib/kafka/data
	CMD ["/run-kafka"]
	EOF
  buildah bud --quiet --network none --tag "$kafka" "$work/kafka" >/dev/null
}

compose() {
  TRESTLE_IMAGE="$image" KAFKA_IMAGE="$kafka" PATH="$python/bin:$PATH" \
    podman-compose --file "$here/compose.yaml" "$@"
}

check_compose() {
  step "starting what the file for compose describes"
  composed=1
  compose up --detach >"$work/compose.log" 2>&1 || {
    cat "$work/compose.log" >&2
    fail "it cannot be started."
  }
  container="$(podman ps --quiet --filter label=com.docker.compose.service=trestle)"
  await_health
  step "reading from Kafka and writing to it"
  cat >"$work/shout.py" <<-'EOF'
	import sys
	import typing

	import apache_beam as beam
	from apache_beam.io.kafka import ReadFromKafka, WriteToKafka
	from apache_beam.options.pipeline_options import PipelineOptions
	from kafka import KafkaConsumer, KafkaProducer

	FROM_HERE = {'bootstrap_servers': 'localhost:9094', 'api_version': (3, 9)}
	FROM_PIPELINES = {'bootstrap.servers': 'kafka:9092'}
	SERVICE = 'localhost:8097'
	Record = typing.Tuple[bytes, bytes]

	words = [b'word-%d' % i for i in range(1000)]
	producer = KafkaProducer(**FROM_HERE)
	for word in words:
	  producer.send('words', key=word, value=word)
	producer.flush()

	with beam.Pipeline(options=PipelineOptions(sys.argv[1:])) as pipeline:
	  _ = (
	      pipeline
	      | ReadFromKafka(
	          consumer_config={**FROM_PIPELINES, 'auto.offset.reset': 'earliest'},
	          topics=['words'],
	          max_num_records=len(words),
	          expansion_service=SERVICE)
	      | beam.MapTuple(lambda key, value: (key, value.upper())).with_output_types(Record)
	      | WriteToKafka(
	          producer_config=FROM_PIPELINES, topic='shouts', expansion_service=SERVICE))

	consumer = KafkaConsumer(
	    'shouts', auto_offset_reset='earliest', consumer_timeout_ms=10000, **FROM_HERE)
	shouts = sorted(record.value for record in consumer)
	assert shouts == sorted(word.upper() for word in words), shouts
	print('shouts:', len(shouts))
	EOF
  timeout 300 "$python/bin/python" "$work/shout.py" --job_name=shout \
    --runner=PortableRunner --job_endpoint=localhost:8099 >"$work/client.log" 2>&1 || {
    tail -n 30 "$work/client.log" >&2
    compose logs >&2
    fail "the pipeline has failed."
  }
  grep '^shouts:' "$work/client.log"
  compose down --volumes >/dev/null 2>&1
}

# ---- Manifests ---------------------------------------------------------------------------------

check_manifests() {
  step "checking the manifests"
  "$python/bin/kubernetes-validate" --strict "$here"/kubernetes/*.yaml >&2
  # Schemas know nothing of what belongs together.
  "$python/bin/python" - "$here"/kubernetes/*.yaml <<-'EOF'
	import sys, yaml

	kinds = {}
	for path in sys.argv[1:]:
	  with open(path) as manifest:
	    one = yaml.safe_load(manifest)
	    kinds[one['kind']] = one['spec']
	server = kinds['StatefulSet']
	template = server['template']
	labels = template['metadata']['labels'].items()
	for selector in (
	    server['selector']['matchLabels'],
	    kinds['Service']['selector'],
	    kinds['PodDisruptionBudget']['selector']['matchLabels'],
	    kinds['NetworkPolicy']['podSelector']['matchLabels']):
	  assert selector.items() <= labels, selector
	container, = template['spec']['containers']
	ports = {port['name'] for port in container['ports']}
	assert kinds['Service']['ports'][0]['targetPort'] in ports
	assert kinds['NetworkPolicy']['ingress'][0]['ports'][0]['port'] in ports
	volumes = {each['name'] for each in template['spec']['volumes']}
	volumes |= {each['metadata']['name'] for each in server['volumeClaimTemplates']}
	assert {each['name'] for each in container['volumeMounts']} == volumes
	EOF
  "$python/bin/podman-compose" --file "$here/compose.yaml" config >"$work/compose.log" 2>&1 ||
    fail "the file for compose is wrong: $(cat "$work/compose.log")"
}

install_tools
configure_containers
install_python
check_manifests
build_distribution
build_base
build_image
start_container
check_user
count_words
restart_container
podman rm --force --time=60 "$container" >/dev/null
build_kafka
check_compose
echo "image: ok"
