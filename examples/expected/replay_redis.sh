#!/usr/bin/env bash
# Replays the fixtures of this folder against a redis-server started for the purpose.
#   replay_redis.sh            compare; exit status 1 and a diff when something differs
#   replay_redis.sh --record   write the outputs of the server into the fixtures
set -euo pipefail
cd "$(dirname "$0")/../.."
record=${1:-}
dir=$(mktemp -d)
server=
cleanup() {
  if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
  rm -rf "$dir"
}
trap cleanup EXIT

for _ in 1 2 3 4 5 6 7 8; do
  port=$((20000 + RANDOM % 20000))
  redis-server --port $port --bind 127.0.0.1 --save '' --appendonly no --daemonize no --dir "$dir" >"$dir/log" 2>&1 &
  server=$!
  for _ in $(seq 50); do
    if ! kill -0 "$server" 2>/dev/null; then break; fi
    if redis-cli -p $port ping >/dev/null 2>&1; then break 2; fi
    sleep 0.1
  done
  kill "$server" 2>/dev/null || true
  server=
done
[ -n "$server" ] || { echo "redis-server did not start: $(tail -1 "$dir/log")" >&2; exit 2; }

cli() { redis-cli -p "$port" --no-raw "$@" </dev/null 2>&1 || true; }

status=0
for fixture in examples/expected/*.txt; do
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      '$ '*) redis-cli -p "$port" flushall >/dev/null; echo "$line"; set -f; cli --eval ${line#??} ; set +f ;;
      '> '*) echo "$line"; set -f; cli --eval ${line#??} ; set +f ;;
      ': '*) echo "$line"; set -f; cli ${line#??} ; set +f ;;
      '#'* | '') echo "$line" ;;
      *) ;;  # recorded output
    esac
  done <"$fixture" >"$dir/out"
  if [ "$record" = --record ]; then
    cp "$dir/out" "$fixture"
  elif ! diff -u "$fixture" "$dir/out"; then
    status=1
  fi
done
exit $status
