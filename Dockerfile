# Usher in a container: `docker build -t usher .`; docker-compose.yml shows it at work.

FROM swift:6.2-noble AS build
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
        libpq-dev libsimdjson-dev pkg-config zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build
# The dependencies are a layer of their own, built again only when Package.swift changes.
COPY Package.swift ./
RUN swift package resolve
COPY . .
RUN swift build --configuration release --product usher --static-swift-stdlib -Xlinker -s \
    && cp "$(swift build --configuration release --show-bin-path)/usher" /usr/local/bin/usher \
    && usher --version

FROM ubuntu:noble
# libsimdjson's package is named after its ABI, which must be that of the build stage: the same
# release of Ubuntu has only one.
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
        ca-certificates libpq5 '^libsimdjson[0-9]+$' \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/usher usher
COPY --from=build /usr/local/bin/usher /usr/local/bin/usher
USER usher
WORKDIR /var/lib/usher
# Rules belong to whoever runs it: without any, `usher run` refuses to start.
ENV USHER_RULES=/etc/usher/rules USHER_STATE_DIR=/var/lib/usher/state LOG_FORMAT=json
# No HEALTHCHECK: the image runs workers, sandboxes and single commands alike; see docker-compose.yml.
ENTRYPOINT ["usher"]
CMD ["run"]
