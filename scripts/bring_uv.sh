#!/bin/sh
# Prints the path of a uv that works: the one installed, else one put into .uv/ of this folder.
# Each try is bounded to 60 seconds.
set -u
cd "$(dirname "$0")/.." || exit 2
limit="timeout 60"

if command -v uv >/dev/null 2>&1; then command -v uv; exit 0; fi
if [ -x .uv/bin/uv ]; then echo "$PWD/.uv/bin/uv"; exit 0; fi
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  echo "需要 Python 3.11 或更新的版本；Debian、Ubuntu 上运行：sudo apt-get install python3" >&2; exit 2
fi

bring() { rm -rf .uv; $limit python3 -m venv .uv >&2 && $limit .uv/bin/python -m pip install --quiet uv >&2; }

echo "没有找到 uv，正在装进 .uv 文件夹……" >&2
if ! bring; then
  # Debian leaves the venv module out of python3.
  if [ "$(id -u)" = 0 ]; then
    $limit apt-get update -qq >&2
    DEBIAN_FRONTEND=noninteractive $limit apt-get install -y -qq python3-venv >&2
    bring
  fi
fi
if [ -x .uv/bin/uv ]; then echo "$PWD/.uv/bin/uv"; exit 0; fi
rm -rf .uv
echo "没能装上 uv；请先运行：sudo apt-get install python3-venv，再重试（需要能访问 PyPI 或本单位的镜像）。" >&2
exit 2
