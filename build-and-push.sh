#!/usr/bin/env bash
# Builds both images and pushes them to the account's registry.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
  cat <<'HELP'
Builds the images of Hermes and of its edit container and pushes them to Amazon ECR.

Usage: ./build-and-push.sh [--dry-run] [--allow-dirty] [tag]

  tag              name of this version [default: the short hash of the checked out commit]
  --dry-run        print each command that would change something, and run none of them
  --allow-dirty    build although files differ from the commit; the default tag then ends in -dirty
  --help           print this

Environment:
  AWS_REGION       region of the registry [default: AWS_DEFAULT_REGION, then the AWS profile's]
  AWS_ACCOUNT_ID   account of the registry [default: the caller's]
  ECR_REPOSITORY   repository of the service; the edit container's is the same with -edit [default: hermes]
  PLATFORM         platform to build for [default: linux/amd64]
  AGENT_CLI        npm package of an agent's command line for the edit image, with its version [default: none]
  BUILD_OPTIONS    more options for docker buildx build, such as a cache [default: none]

The repositories come from config/aws/registry.yaml. Needs docker with buildx, the aws command line and git.
HELP
}

fail() {
  printf 'build-and-push.sh: %s\n' "$1" >&2
  exit "${2:-1}"
}

# Says what it does; --dry-run stops there.
run() {
  printf '+'
  printf ' %q' "$@"
  printf '\n'
  if [[ $dry_run == no ]]; then
    "$@"
  fi
}

dry_run=no allow_dirty=no tag=
while (($# > 0)); do
  case $1 in
    --dry-run) dry_run=yes ;;
    --allow-dirty) allow_dirty=yes ;;
    --help | -h)
      usage
      exit 0
      ;;
    -*) fail "unknown option $1; see --help" 2 ;;
    *)
      [[ -z $tag ]] || fail "only one tag, please: $tag or $1?" 2
      tag=$1
      ;;
  esac
  shift
done

needs() {
  command -v "$1" >/dev/null || fail "$1 is not installed, or not on the PATH"
}

needs git
needs aws
if [[ $dry_run == no ]]; then
  needs docker
  docker buildx version >/dev/null 2>&1 || fail "docker has no buildx; install the docker-buildx plugin"
fi

commit=$(git rev-parse --short=12 HEAD 2>/dev/null) || fail "this is not a git checkout with a commit"
changes=$(git status --porcelain)
if [[ -n $changes && $allow_dirty == no ]]; then
  fail "these files differ from the commit, so no tag could name what is in the image:
$changes
Commit them, or build with --allow-dirty."
fi
if [[ -z $tag ]]; then
  tag=$commit
  [[ -z $changes ]] || tag+=-dirty
fi
[[ $tag =~ ^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$ ]] || fail "$tag cannot be a tag: use letters, digits, _ . and -" 2

region=${AWS_REGION:-${AWS_DEFAULT_REGION:-}}
if [[ -z $region ]]; then
  region=$(aws configure get region) || true
fi
[[ -n $region ]] || fail "no region: set AWS_REGION"
account=${AWS_ACCOUNT_ID:-}
if [[ -z $account ]]; then
  account=$(aws sts get-caller-identity --query Account --output text) \
    || fail "no AWS credentials that work: log in, or set AWS_PROFILE; what aws said is above"
fi
[[ $account =~ ^[0-9]{12}$ ]] || fail "$account is not an AWS account: AWS_ACCOUNT_ID has 12 digits"

domain=amazonaws.com
[[ $region != cn-* ]] || domain=amazonaws.com.cn
registry=$account.dkr.ecr.$region.$domain
repository=${ECR_REPOSITORY:-hermes}
platform=${PLATFORM:-linux/amd64}
read -ra options <<<"${BUILD_OPTIONS:-}"

# The password goes through the pipe: on a command line, every process of the machine could read it.
login() {
  printf '+ aws ecr get-login-password --region %q | docker login --username AWS --password-stdin %q\n' "$region" "$registry"
  if [[ $dry_run == no ]]; then
    aws ecr get-login-password --region "$region" | docker login --username AWS --password-stdin "$registry" >/dev/null
  fi
}

build() { # target, repository, options...
  local target=$1 image=$registry/$2:$tag
  shift 2
  run docker buildx build --target "$target" --platform "$platform" --tag "$image" \
    --label "org.opencontainers.image.revision=$commit" --label "org.opencontainers.image.version=$tag" \
    --provenance=false --load "$@" ${options[@]+"${options[@]}"} .
}

login || fail "the registry $registry refused the login"
build hermes "$repository"
build edit "$repository-edit" --build-arg "AGENT_CLI=${AGENT_CLI:-}"
run docker push "$registry/$repository:$tag"
run docker push "$registry/$repository-edit:$tag"

if [[ $dry_run == yes ]]; then
  printf 'Nothing was built or pushed: this was a dry run.\n'
else
  printf 'Pushed %s and %s.\n' "$registry/$repository:$tag" "$registry/$repository-edit:$tag"
fi
