#!/usr/bin/env bash
# Reports to Spark which NVIDIA GPUs this machine has: {"name": "gpu", "addresses": ["0", "1"]}. Spark grants the addresses
# to tasks, and the job computes on the GPU of that number. Without a GPU it fails, and with it the worker or executor
# that was told to have one.
set -euo pipefail

fail() {
  echo "gpu-discovery: $*" >&2
  exit 1
}

command -v nvidia-smi >/dev/null ||
  fail "there is no nvidia-smi on the PATH, so no GPU can be found. Install NVIDIA's driver, or do not ask for GPUs here."
listed="$(nvidia-smi --query-gpu=index --format=csv,noheader 2>&1)" ||
  fail "nvidia-smi fails: $listed"
addresses=()
while read -r index; do
  [[ "$index" =~ ^[0-9]+$ ]] || fail "nvidia-smi lists no GPU but says: $listed"
  addresses+=("\"$index\"")
done <<<"$listed"
printf '{"name": "gpu", "addresses": [%s]}\n' "$(IFS=,; printf '%s' "${addresses[*]}")"
