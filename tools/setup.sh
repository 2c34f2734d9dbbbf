#!/bin/sh
# Prepares .venv from a lock file, then this project itself. Run by the Makefile:
#   tools/setup.sh requirements.lock            what the demo needs
#   tools/setup.sh requirements-dev.lock tests  the checks and a browser as well
# PYTHON names an interpreter to prefer.
# Debian packages are installed only where something is missing and this runs as root.
set -eu
lock=$1
purpose=${2:-demo}
venv=.venv

say() { printf 'setup: %s\n' "$*"; }

need_debian() { # need_debian REASON PACKAGE...
    reason=$1
    shift
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        say "$reason. Please run this once, then make again:"
        say "  sudo apt-get update && sudo apt-get install -y --no-install-recommends $*"
        exit 1
    fi
    say "$reason: installing $* from Debian"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q
    apt-get install -q -y --no-install-recommends "$@"
}

fitting_python() { # prints the first interpreter of 3.11 or newer that can make a virtual environment
    for candidate in ${PYTHON:-} python3.11 python3 /usr/bin/python3.11 /usr/bin/python3; do
        if "$candidate" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    return 1
}

make_environment() {
    if "$venv/bin/python" -c '' 2>/dev/null; then return; fi
    fitting_python >/dev/null || need_debian "Python 3.11 cannot make a virtual environment here" python3 python3-venv
    python=$(fitting_python) || { say "no Python 3.11 or newer with venv was found"; exit 1; }
    say "creating $venv with $("$python" --version)"
    rm -rf "$venv"
    "$python" -m venv "$venv"
}

install_packages() {
    say "installing the packages of $lock, each checked against its hash"
    if command -v uv >/dev/null; then
        uv pip install --quiet --python "$venv/bin/python" --require-hashes --no-deps --only-binary :all: -r "$lock"
        uv pip install --quiet --python "$venv/bin/python" --no-deps --no-build-isolation -e .
    else
        pip="$venv/bin/python -m pip --disable-pip-version-check --quiet"
        $pip install --require-hashes --no-deps --only-binary :all: -r "$lock"
        $pip install --no-deps --no-build-isolation -e .
    fi
}

install_browser() {
    if command -v chromium >/dev/null && fc-list 2>/dev/null | grep -q .; then return; fi
    need_debian "the page tests drive Debian's Chromium" chromium fontconfig fonts-dejavu-core
}

make_environment
install_packages
if [ "$purpose" = tests ]; then install_browser; fi
say "ready"
