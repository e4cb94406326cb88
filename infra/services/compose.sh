# shellcheck shell=bash
# Docker Compose, by which the tests read compose/: it is only installed here, without an engine.

compose_package() { echo docker-compose; }

compose_installed() { command -v docker-compose >/dev/null || docker compose version >/dev/null 2>&1; }
