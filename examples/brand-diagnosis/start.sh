#!/usr/bin/env bash
# Starts run.py in a folder, apart from whoever started it, and waits until /api/test answers on the port. It says how long that took.
#
#   bash start.sh FOLDER PORT
#
# Exit 1 when the port is held already or nothing answers within 20 s. Output of the program: /tmp/flask.log, as in the report.
set -u
folder=${1:?folder} port=${2:?port}
log=${FLASK_LOG:-/tmp/flask.log}
cd -- "$folder" || exit 1

# True when /api/test answers 200.
answers() {
  local line
  exec 3<>"/dev/tcp/127.0.0.1/$port" || return 1
  printf 'GET /api/test HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' >&3
  IFS= read -r -t 2 line <&3
  exec 3<&- 3>&-
  [[ $line == HTTP/*' 200'* ]]
} 2>/dev/null

if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
  echo "port $port is held already" >&2
  exit 1
fi

begun=${EPOCHREALTIME/[^0-9]/}
PORT=$port setsid nohup python3 run.py >"$log" 2>&1 </dev/null &
for ((tries = 0; tries < 200; tries++)); do
  if answers; then
    took=$(((${EPOCHREALTIME/[^0-9]/} - begun) / 1000))
    printf 'started in %d.%03d s\n' $((took / 1000)) $((took % 1000))
    exit 0
  fi
  sleep 0.1
done
echo "no answer from port $port within 20 s; see $log" >&2
exit 1
