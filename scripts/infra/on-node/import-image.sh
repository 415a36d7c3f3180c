#!/usr/bin/env bash
# On a node, as root: gives containerd an image:  import-image.sh NAME SHA256 [URL]. The tar lies at /var/lib/k3s-node/image.tar,
# or at URL. It is kept where K3s looks for images when it starts, and is not collected when the disk fills up.
set -euo pipefail
name=$1 sum=$2 url=${3:-} part=/var/lib/k3s-node/image.tar kept=/var/lib/rancher/k3s/agent/images
[ -z "$url" ] || curl -sSfL --retry 5 --retry-connrefused --connect-timeout 10 --max-time 1800 -o "$part" "$url"
got=$(sha256sum < "$part" | cut -d' ' -f1)
if [ "$got" != "$sum" ]; then
  rm -f "$part"
  echo "$name: the image was damaged on its way: its checksum is $got, expected $sum" >&2
  exit 1
fi
mkdir -p "$kept"
k3s ctr --namespace k8s.io images import "$part" > /dev/null
k3s ctr --namespace k8s.io images label "$name" io.cri-containerd.pinned=pinned > /dev/null
file=${name##*/}
mv "$part" "$kept/${file%%:*}.tar"
echo "$sum" > "/var/lib/k3s-node/${file%%:*}.image"
