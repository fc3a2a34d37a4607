#!/usr/bin/env bash
# API endpoint tests of CreditPilot: eight tests, one line each, and the count passed at the end. Exit 1 if any failed.
#
#   bash test_api_endpoints.sh [FLASK [ACCOUNTING [MCP]]]      each as host:port
#
# Defaults: localhost:5000, localhost:8000, localhost:8080. The accounting token comes from $ACCOUNTING_TOKEN or from the file
# secrets/accounting_token, never from an argument. Needs bash alone: requests go through /dev/tcp. It only reads.
set -u
cd -- "$(dirname -- "${BASH_SOURCE[0]}")" || exit 2

flask=${1:-localhost:5000}
accounting=${2:-localhost:8000}
mcp=${3:-localhost:8080}
token=${ACCOUNTING_TOKEN:-}
if [[ -z $token && -r secrets/accounting_token ]]; then
  read -r token <secrets/accounting_token
fi

limit=5 # seconds; the documents call no answer by then critical
origins=(
  https://ynqoo4ipbuar.space.minimax.io
  https://iz6ki2qe01mh.space.minimax.io
  https://finance-pilot-businessgz.replit.app
  https://creditpilot.digital
  http://localhost:3000
  http://localhost:5000
  http://localhost:5678
  http://localhost:8000
  http://127.0.0.1:3000
  http://127.0.0.1:5000
)

# ask METHOD ADDRESS PATH [HEADER…] sets code, head, body and, when there is no usable answer, why.
ask() {
  local method=$1 address=$2 path=$3 fd answer='' status
  shift 3
  code='' head='' body='' why=''
  if ! { exec {fd}<>"/dev/tcp/${address%:*}/${address##*:}"; } 2>/dev/null; then
    why="connection refused"
    return 1
  fi
  # HTTP/1.0: the answer ends with the connection and is never sent in chunks.
  {
    printf '%s %s HTTP/1.0\r\nHost: %s\r\nContent-Length: 0\r\n' "$method" "$path" "$address"
    (($#)) && printf '%s\r\n' "$@"
    printf '\r\n'
  } >&"$fd"
  IFS= read -r -d '' -t "$limit" -u "$fd" answer
  status=$?
  exec {fd}>&-
  if ((status > 128)); then
    why="no answer within $limit s"
    return 1
  fi
  head=${answer%%$'\r\n\r\n'*}
  [[ $answer == *$'\r\n\r\n'* ]] && body=${answer#*$'\r\n\r\n'}
  body=${body%"${body##*[![:space:]]}"}
  read -r _ code _ <<<"$head"
  if [[ -z $code ]]; then
    why="the connection was closed without an answer"
    return 1
  fi
}

# expect_json PATTERN: 200, a whole JSON object, and the pattern in it.
expect_json() {
  if [[ $code != 200 ]]; then
    why="HTTP status $code"
  elif [[ $body != '{'*'}' ]]; then
    why="the body is not a whole JSON object"
  elif [[ ! $body =~ $1 ]]; then
    why="$2"
  else
    return 0
  fi
  return 1
}

positive='[1-9][0-9]*[,}[:space:]]'

test_health() {
  ask GET "$flask" /api/health && expect_json '"status": ?"healthy"' 'status is not "healthy"'
}
test_customers() {
  ask GET "$flask" /api/customers && expect_json "\"count\": ?$positive" 'count is not above 0'
}
test_stats() {
  ask GET "$flask" /api/dashboard/stats && expect_json "\"customer_count\": ?$positive" 'customer_count is not above 0'
}
test_summary() {
  ask GET "$flask" /api/dashboard/summary && expect_json "\"customers\": ?$positive" 'customers is not above 0' &&
    expect_json '"net_balance": ?-?[0-9]' 'net_balance is missing'
}
test_ocr() {
  local method
  for method in GET POST; do
    ask "$method" "$flask" /api/bill/ocr-status && expect_json '"status": ?"ready"' 'status is not "ready"' && continue
    why="$method: $why"
    return 1
  done
}
test_cors() {
  local origin
  for origin in "${origins[@]}"; do
    ask HEAD "$flask" /api/customers "Origin: $origin" && expect_200 || return 1
    if ! has_header access-control-allow-origin "$origin"; then
      why="origin $origin is not allowed"
      return 1
    fi
    if ! has_header access-control-allow-credentials true; then
      why="credentials are not allowed for $origin"
      return 1
    fi
  done
  ask HEAD "$flask" /api/customers "Origin: https://evil.example" || return 1
  if [[ ${head,,} == *access-control-allow-origin:* ]]; then
    why="origin https://evil.example is not refused"
    return 1
  fi
}
test_accounting() {
  ask GET "$accounting" /health ${token:+"Authorization: Bearer $token"} && expect_200
}
test_mcp() {
  ask GET "$mcp" /health && expect_200
}

has_header() {
  local lines=$'\n'${head//$'\r'/}$'\n'
  [[ ${lines,,} == *$'\n'"$1: ${2,,}"$'\n'* ]]
}
expect_200() {
  [[ $code == 200 ]] && return 0
  why="HTTP status $code"
  return 1
}

passed=0
total=0
# check NAME FUNCTION
check() {
  total=$((total + 1))
  if "$2"; then
    passed=$((passed + 1))
    echo "PASS  $1"
  else
    # The reason may quote an answer: nothing but printable characters may reach a terminal.
    echo "FAIL  $1: ${why//[^[:print:]]/?}"
  fi
}

echo "CreditPilot API tests: Flask $flask, Accounting $accounting, MCP $mcp"
check "health            GET /api/health" test_health
check "customers         GET /api/customers" test_customers
check "dashboard stats   GET /api/dashboard/stats" test_stats
check "dashboard summary GET /api/dashboard/summary" test_summary
check "OCR               GET and POST /api/bill/ocr-status" test_ocr
check "CORS              ten origins allowed, one refused" test_cors
check "accounting        GET /health with the token" test_accounting
check "MCP               GET /health" test_mcp
echo "$passed/$total tests passed"
((passed == total))
