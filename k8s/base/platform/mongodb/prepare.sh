#!/usr/bin/env bash
# Copies the key file out of the Secret's volume, where fsGroup makes it readable to the group and mongod refuses it.
set -euo pipefail

install -m 400 /etc/mongo-keyfile/keyfile /run/mongo/keyfile
