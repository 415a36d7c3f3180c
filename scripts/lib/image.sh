# shellcheck shell=bash disable=SC2154
# Images as Jib writes them (tars of an OCI layout), unpacked, and programs run in them. Sourced after k8s.sh.

# image_unpack TAR DIR: its files into DIR/root, its configuration into DIR/config.json.
image_unpack() {
  local tar=$1 dir=$2 manifest config layer
  rm -rf "$dir"
  mkdir -p "$dir/layout" "$dir/root"
  tar -C "$dir/layout" -xf "$tar"
  manifest=$dir/layout/blobs/$(jq -r '.manifests[0].digest' "$dir/layout/index.json" | tr : /)
  config=$(jq -r '.config.digest' "$manifest" | tr : /)
  cp "$dir/layout/blobs/$config" "$dir/config.json"
  for layer in $(jq -r '.layers[].digest' "$manifest" | tr : /); do
    tar -C "$dir/root" --no-same-owner --warning=no-unknown-keyword -xf "$dir/layout/blobs/$layer"
  done
  rm -rf "$dir/layout"
}

# image_bytes TAR: what a registry stores of it.
image_bytes() {
  local manifest
  manifest=blobs/$(tar -xOf "$1" index.json | jq -r '.manifests[0].digest' | tr : /)
  tar -xOf "$1" "$manifest" | jq '[.layers[].size] | add'
}

# image_runner: how programs of an image can be run here: namespaces, docker, or nothing.
image_runner() {
  if unshare --map-root-user --mount true 2>/dev/null; then
    echo namespaces
  elif docker info >/dev/null 2>&1; then
    echo docker
  fi
}

# in_image DIR COMMAND...: runs it with the files of an unpacked image as its whole file system. DIR/root/out is kept.
in_image() {
  local dir=$1 java tag=gpu-analytics-rehearsal:$$ status=0
  shift
  java=$(jq -r '.config.Env[] | select(startswith("PATH="))' "$dir/config.json")
  mkdir -p "$dir/root/out" "$dir/root/proc" "$dir/root/dev" "$dir/root/tmp"
  case $(image_runner) in
    namespaces)
      # shellcheck disable=SC2016 # for the shell that is started
      unshare --map-root-user --mount --fork bash -euc '
        root=$1 path=$2
        shift 2
        mount --rbind /proc "$root/proc"
        mount --rbind /dev "$root/dev"
        exec chroot "$root" /usr/bin/env -i "$path" HOME=/tmp "$@"' in_image "$dir/root" "$java" "$@"
      ;;
    docker)
      tar -C "$dir/root" -c . | docker import - "$tag" >/dev/null
      docker run --rm --network none --user "$(id -u):$(id -g)" -v "$dir/root/out:/out" "$tag" /usr/bin/env -i "$java" HOME=/tmp "$@" || status=$?
      docker rmi "$tag" >/dev/null
      return $status
      ;;
    *) return 1 ;;
  esac
}

# start_in_image PART DIR OPTION...: the program of the image, started as the image does, in it and beside a broker and a store,
# by the StartMain of bench/; see there for the options.
start_in_image() {
  local part=$1 dir=$2 command
  shift 2
  mapfile -t command < <(jq -r '.config.Entrypoint[]' "$dir/config.json")
  [ -d "$dir/root/rehearsal" ] || cp -r "$root/bench/target/lib" "$dir/root/rehearsal"
  in_image "$dir" java -Xmx512m -XX:+UseSerialGC -Dlogback.configurationFile=bench-logback.xml --enable-native-access=ALL-UNNAMED \
    --sun-misc-unsafe-memory-access=allow -cp '/rehearsal/*' gpuanalytics.bench.start.StartMain --part "$part" --dir /out/logs "$@" -- "${command[@]}"
}
