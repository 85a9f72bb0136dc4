#!/usr/bin/env bash
# Prints the eight characters that stand for a client in names of queues, roles, secrets and previews:
# the first of the SHA-256 of its id, behind the id's length as eight bytes.
set -euo pipefail

id=${1:-}
if [[ $# -ne 1 || ! $id =~ ^[A-Za-z0-9._:@+-]{1,128}$ ]]; then
  echo "Usage: config/aws/client-hash.sh CLIENT    (an id has 1 to 128 of A-Z a-z 0-9 . _ : @ + -)" >&2
  exit 2
fi
length=$(printf '%03o' "${#id}")
# shellcheck disable=SC2059 # the format is the byte itself
hash=$({ printf '\0\0\0\0\0\0\0'; printf "\\$length"; printf '%s' "$id"; } | { sha256sum 2>/dev/null || shasum -a 256; })
printf '%s\n' "${hash:0:8}"
