#!/usr/bin/env bash
# Runs one of Beam's conformance suites against Trestle. --help says how.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(dirname "$here")"
class_path_file="$here/target/class-path"
built="$here/target/run.built"
modules=(state translation runner validates-runner)
projects=validates-runner
java="${JAVA_HOME:+$JAVA_HOME/bin/}java"

# Some suites start a Kafka broker, which is where the integration tests are.
case " ${*:-} " in
  *" python-kafka "* | *" quick-starts "*)
    modules+=(integration-tests)
    projects+=,integration-tests
    built="$here/target/run.built.with-kafka"
    ;;
esac

# Whether something that goes into the class path has changed since the last build.
is_stale() {
  [[ -f "$built" && -f "$class_path_file" && -d "$here/target/classes" ]] || return 0
  local sources=("$root/pom.xml") module
  for module in "${modules[@]}"; do
    sources+=("$root/$module/pom.xml")
    [[ ! -d "$root/$module/src/main" ]] || sources+=("$root/$module/src/main")
  done
  [[ -n "$(find "${sources[@]}" -newer "$built" -print -quit)" ]]
}

build() {
  echo "validates-runner: building" >&2
  mkdir -p "$here/target"
  local start="$here/target/run.start"
  touch "$start"
  "$root/mvnw" -q -f "$root/pom.xml" -pl "$projects" -am -DskipTests package >&2
  mv "$start" "$built" # as old as the start of the build: what changed meanwhile counts as new
}

case " ${*:-} " in
  *" --help "* | *" -h "*) [[ -f "$class_path_file" ]] || build ;;
  *) ! is_stale || build ;;
esac
[[ " ${*:-} " != *" -h "* ]] || set -- --help

exec "$java" -Xmx256m \
  -cp "$here/target/classes:$(<"$class_path_file")" \
  dev.trestle.validates.SuiteRunner \
  --root="$root" --lists="$here/expected-failures" --reports="$here/target/reports" "$@"
