#!/bin/sh
# Makes sure that there is a Chromium for the pages that need a browser: one installed, else Debian's
# package when root, else Playwright's own. Each try is bounded to 60 seconds; without one all else works.
# Usage: bring_chromium.sh UV
set -u
cd "$(dirname "$0")/.." || exit 2
uv="$1"
limit="timeout 60"

found() { "$uv" run --quiet python -m crawler.browser >/dev/null 2>&1; }

found && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "没有找到浏览器，正在安装 Debian 的 chromium……" >&2
  $limit apt-get update -qq >&2
  # Downloaded first, so that the time limit never stops dpkg half way.
  if DEBIAN_FRONTEND=noninteractive $limit apt-get install -y -qq --download-only chromium >/dev/null 2>&1; then
    DEBIAN_FRONTEND=noninteractive $limit apt-get install -y -qq chromium >/dev/null 2>&1
  fi
  found && exit 0
fi
echo "正在尝试 Playwright 自带的 Chromium……" >&2
$limit "$uv" run --quiet playwright install chromium >/dev/null 2>&1
found && exit 0
echo "没有浏览器：今日头条账号主页会记为“未能核查”，其余照常。要装上请运行：sudo apt-get install chromium" >&2
exit 0
