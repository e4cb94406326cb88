# shellcheck shell=bash
# zsh and fish, by which the tests read the scripts of shell completion: they are only installed here.

shells_package() { echo zsh fish; }

shells_installed() { command -v zsh >/dev/null && command -v fish >/dev/null; }
