#!/usr/bin/env bash
# Puts a version into service, waits until it is healthy, and goes back to the one before if it is not.
set -euo pipefail

usage() {
  cat <<'HELP'
Puts the images of a tag into service: changes nothing but the parameter ImageTag of the stack.

Usage: config/aws/set-version.sh [--dry-run] STACK TAG

ECS starts new tasks beside the old ones. When they do not become healthy, it goes back to the old ones, and so does
the stack. When they do, but the service does not answer /hermes/health at its public URL within two minutes, this
script sets the tag that was there before. Either way it then ends with 1.

Environment:
  HEALTH_ATTEMPTS  how often to ask, every 5 seconds [default: 24]; 0 does not ask
HELP
}

fail() {
  printf 'set-version.sh: %s\n' "$1" >&2
  exit "${2:-1}"
}

dry_run=no arguments=()
for argument in "$@"; do
  case $argument in
    --dry-run) dry_run=yes ;;
    --help | -h)
      usage
      exit 0
      ;;
    -*) fail "unknown option $argument; see --help" 2 ;;
    *) arguments+=("$argument") ;;
  esac
done
((${#arguments[@]} == 2)) || fail "a stack and a tag are needed; see --help" 2
stack=${arguments[0]} tag=${arguments[1]}

described=$(aws cloudformation describe-stacks --stack-name "$stack" --output text \
  --query 'Stacks[0].Parameters[].[ParameterKey, ParameterValue]') || fail "the stack $stack cannot be read"

parameter() { # its value
  local key value
  while IFS=$'\t' read -r key value; do
    if [[ $key == "$1" ]]; then
      printf '%s' "$value"
    fi
  done <<<"$described"
}

# Every other parameter keeps its value, and the template stays as it is.
set_tag() {
  local key value command
  command=(aws cloudformation update-stack --stack-name "$stack" --use-previous-template
    --capabilities CAPABILITY_NAMED_IAM --parameters "ParameterKey=ImageTag,ParameterValue=$1")
  while IFS=$'\t' read -r key value; do
    [[ $key == ImageTag ]] || command+=("ParameterKey=$key,UsePreviousValue=true")
  done <<<"$described"
  printf '+'
  printf ' %q' "${command[@]}"
  printf '\n'
  [[ $dry_run == no ]] || return 0
  "${command[@]}" >/dev/null || return
  aws cloudformation wait stack-update-complete --stack-name "$stack"
}

is_healthy() {
  local attempt
  for ((attempt = 0; attempt < attempts; attempt++)); do
    if curl --fail --silent --max-time 5 --output /dev/null "$url/hermes/health"; then
      return 0
    fi
    sleep 5
  done
  return 1
}

before=$(parameter ImageTag)
url=$(parameter PublicUrl)
[[ -n $before && -n $url ]] || fail "the stack $stack is not one of hermes.yaml"
attempts=${HEALTH_ATTEMPTS:-24}
# with MinTasks 0 there may be no task that could answer
[[ $(parameter MinTasks) != 0 ]] || attempts=0

if [[ $before == "$tag" ]]; then
  printf 'The stack %s has the version %s already.\n' "$stack" "$tag"
  exit 0
fi
set_tag "$tag" || fail "the version $tag did not become healthy; $stack is back at $before. The reasons are in the stack's events and in the log of the tasks"
if [[ $dry_run == yes ]]; then
  printf 'Nothing was changed: this was a dry run.\n'
  exit 0
fi
if ((attempts > 0)) && ! is_healthy; then
  printf '%s/hermes/health does not answer; going back to %s.\n' "$url" "$before" >&2
  set_tag "$before" || fail "going back to $before failed too: look at the events of the stack $stack"
  fail "the version $tag did not answer at $url; $stack is back at $before"
fi
printf 'The version %s is in service; before it was %s.\n' "$tag" "$before"
