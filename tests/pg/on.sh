#!/bin/sh
# on.sh FILE COMMAND…: the command with the variables of the cluster that `cluster.py start FILE`
# opened for the same caller.
set -eu
. "$1.$PPID"
shift
exec "$@"
