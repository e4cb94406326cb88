#!/bin/bash
# The health check: the users are there, and the gateway answers.
[ -e /var/lib/ceph/rotationmesh/made ] && exec 3<>/dev/tcp/127.0.0.1/8000 \
  && printf 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' >&3 \
  && IFS= read -r -t 5 line <&3 && [[ $line == *" 200 "* ]]
