# shellcheck shell=bash
# Keys for demonstrations: made up on the spot, in the environment of a script alone, never shown.

# Keys that hold a word like "12345" are refused, and random digits may.
random_key() {
  local key
  while :; do
    key=$(head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n')
    case $key in *12345*) ;; *) break ;; esac
  done
  echo "$key"
}
