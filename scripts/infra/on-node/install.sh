#!/usr/bin/env bash
# On a node, as root: writes the files of the user-data (argument: base64) that are missing or differ, then lets k3s-node do
# whatever cloud-init has not. Prints what it changed.
set -euo pipefail
python3 - "$1" << 'PY'
import base64, gzip, os, sys
import yaml  # cloud-init depends on it

for file in yaml.safe_load(base64.b64decode(sys.argv[1]))["write_files"]:
    content, path = file["content"].encode(), file["path"]
    if file.get("encoding") == "gz+b64":
        content = gzip.decompress(base64.b64decode(content))
    try:
        with open(path, "rb") as f:
            if f.read() == content:
                continue
    except FileNotFoundError:
        pass
    os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
    with open(os.open(path + ".new", os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as f:
        f.write(content)
    os.chmod(path + ".new", int(file["permissions"], 8))
    os.replace(path + ".new", path)
    print("wrote", path, flush=True)
PY
/usr/local/sbin/k3s-node install 2>&1 < /dev/null | sed -n 's/^k3s-node: \(.*: .*\|.* has started\)$/\1/p'
