# Two images from one file:
#
#   docker build --target hermes -t hermes .        the service
#   docker build --target edit   -t hermes-edit .   where websites are edited: worker, git, Node
#
# build-and-push.sh builds and pushes both.

ARG RUST_VERSION=1.95.0
# The edit image runs the builds of customers' websites: the Node they expect, its long-term support.
ARG NODE_VERSION=24

# ---- build ---------------------------------------------------------------------------------------
# The same Debian as both runtimes, so that one glibc fits all three.
FROM rust:${RUST_VERSION}-slim-bookworm AS build
WORKDIR /build

# Dependencies only: Cargo wants to see every target that Cargo.toml names, so each gets an empty
# stand-in. This layer is built again only when the manifests change; it holds nearly all the time.
COPY Cargo.toml Cargo.lock ./
COPY .cargo .cargo
RUN mkdir -p src tests/aws tests/it tests/letters benches/load benches/decisions \
 && for target in src tests/aws tests/it tests/letters benches/load benches/decisions; do echo 'fn main() {}' > "$target/main.rs"; done \
 && touch src/lib.rs \
 && cargo build --release --locked --bin hermes

COPY src src
COPY config/demo-site config/demo-site
COPY config/demo-mail.eml config/projects.toml config/
# Cargo goes by the files' times, and a copied file may be older than its stand-in.
RUN touch src/main.rs src/lib.rs \
 && cargo build --release --locked --bin hermes \
 && mkdir /data

# ---- edit ----------------------------------------------------------------------------------------
FROM node:${NODE_VERSION}-bookworm-slim AS edit

# git and ssh fetch and push, and are all that a website's build may need beside Node.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates git openssh-client \
 && rm -rf /var/lib/apt/lists/*

# An agent's command line, as an npm package with its version, for the agents `claude` and `program`:
# --build-arg AGENT_CLI=@anthropic-ai/claude-code@2.0.0
ARG AGENT_CLI=""
# hadolint ignore=DL3016
RUN if [ -n "$AGENT_CLI" ]; then npm install --global "$AGENT_CLI" && npm cache clean --force; fi

COPY --from=build /build/target/release/hermes /usr/local/bin/hermes

# The image's folder decides who owns the volume that is mounted there.
RUN mkdir /workspace && chown node:node /workspace
VOLUME ["/workspace"]

ENV HERMES_ENV=production \
    HERMES_BACKEND=aws \
    LOG_FORMAT=json \
    WORKSPACE_PATH=/workspace

# `node` by its number, so that the runtime can see that it is not root.
USER 1000:1000
WORKDIR /workspace
# A worker listens nowhere: it is known to be alive by the heartbeats that it sends.
HEALTHCHECK NONE
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/local/bin/hermes"]
CMD ["worker"]

# ---- hermes --------------------------------------------------------------------------------------
# Distroless: glibc, root certificates and an unprivileged user, and no shell or package manager to
# keep patched. The service runs no other program on aws; git and Node are the edit container's.
FROM gcr.io/distroless/cc-debian12:nonroot AS hermes

COPY --from=build /build/target/release/hermes /usr/local/bin/hermes
# Large uploads pass through it. The image's folder decides who owns the volume that is mounted there.
COPY --from=build --chown=65532:65532 /data /data
VOLUME ["/data"]

ENV HERMES_ENV=production \
    HERMES_BACKEND=aws \
    HERMES_DATA_DIR=/data \
    LOG_FORMAT=json \
    PORT=3000

USER 65532:65532
WORKDIR /data
EXPOSE 3000
# GET /hermes/health on $PORT, without a shell or curl.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 \
    CMD ["/usr/local/bin/hermes", "health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/local/bin/hermes"]
CMD ["serve"]
