# Driver and container toolkit of a GPU worker; both before K3s, which looks for the toolkit's runtime when it starts.
# shellcheck shell=bash disable=SC2154,SC2329
export DEBIAN_FRONTEND=noninteractive
apt_get() { apt-get -q -o DPkg::Lock::Timeout=300 "$@" > "$state/apt.log" 2>&1 || { grep '^E:' "$state/apt.log" | tail -n 1 >&2; return 1; }; }

gpu_driver() {
  drivers() {
    # The headers of this kernel, and of those that upgrades bring: without them the next boot has no driver.
    apt_get update && apt_get install -y --no-install-recommends "linux-headers-$(uname -r)" "linux-headers-$(uname -r | sed 's/.*-//')" \
      "nvidia-headless-$DRIVER_BRANCH-server" "nvidia-utils-$DRIVER_BRANCH-server"
  }
  nvidia-smi -L > /dev/null 2>&1 || retry drivers
  loaded() { nvidia-smi -L > "$state/gpus"; }
  retry loaded
  grep -q '^GPU 0' "$state/gpus" || fail "nvidia-smi sees no GPU: $(head -n 1 "$state/gpus")"
}

gpu_toolkit() {
  local base=https://nvidia.github.io/libnvidia-container key=/usr/share/keyrings/nvidia-container-toolkit.gpg got
  if [ "$(dpkg-query -W -f '${db:Status-Status}' nvidia-container-toolkit 2> /dev/null)" != installed ]; then
    key() { curl -sSfL --connect-timeout 10 --max-time 60 -o "$state/key" "$base/gpgkey"; }
    retry key
    got=$(gpg --show-keys --with-colons "$state/key" | awk -F: '$1 == "fpr" { print $10; exit }')
    [ "$got" = "$KEY_FINGERPRINT" ] || fail "NVIDIA's repository is signed by $got, expected $KEY_FINGERPRINT"
    gpg --batch --yes --dearmor -o "$key" "$state/key"
    echo "deb [signed-by=$key] $base/stable/deb/\$(ARCH) /" > /etc/apt/sources.list.d/nvidia-container-toolkit.list
    # All four by version: they want each other's, and apt alone would take the newest of those that are not named.
    toolkit() {
      apt_get update && apt_get install -y "nvidia-container-toolkit=$TOOLKIT_VERSION" "nvidia-container-toolkit-base=$TOOLKIT_VERSION" \
        "libnvidia-container-tools=$TOOLKIT_VERSION" "libnvidia-container1=$TOOLKIT_VERSION"
    }
    retry toolkit
  fi
  # An unattended upgrade under a loaded driver leaves programs and kernel with different ones until the next boot.
  dpkg-query -W -f '${db:Status-Status} ${binary:Package}\n' '*nvidia*' | awk '$1 == "installed" { print $2 }' | xargs apt-mark hold > /dev/null
  command -v nvidia-container-runtime > /dev/null || fail "nvidia-container-toolkit has brought no nvidia-container-runtime"
}
