/**
 * `trouble.sh NAME on|off|toggle`, `trouble.sh all-well`: what the demo's actions run. Bash only, and the token comes from a
 * file only its owner can read, because arguments are visible to everybody on the machine.
 */
export const TROUBLE_SCRIPT = `#!/usr/bin/env bash
# Switches one of the demo's troubles: trouble.sh NAME on|off|toggle, or trouble.sh all-well.
set -u
cd -- "$(dirname -- "\${BASH_SOURCE[0]}")" || exit 2
if ! { read -r port token <control; } 2>/dev/null; then
  echo "the demo system is not running" >&2
  exit 2
fi
if ! { exec 3<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null; then
  echo "the demo system does not listen on port $port" >&2
  exit 2
fi
printf '%s trouble %s %s\\n' "$token" "\${1:-}" "\${2:-toggle}" >&3
if ! IFS= read -r -t 10 answer <&3; then
  echo "the demo system did not answer within 10 s" >&2
  exit 2
fi
echo "\${answer#* }"
[[ $answer == ok* ]]
`;
