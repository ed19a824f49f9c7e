#!/bin/bash
# Succeeds while this machine's HAProxy accepts connections.
# usage: check-haproxy PORT
exec 3<>"/dev/tcp/127.0.0.1/$1"
