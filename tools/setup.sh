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

install_debian() { # install_debian PACKAGE...
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        say "please run this once, then make again:"
        say "  sudo apt-get update && sudo apt-get install -y --no-install-recommends $*"
        exit 1
    fi
    say "installing $* from Debian"
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

usable_environment() { "$venv/bin/python" -c 'import pip' 2>/dev/null; } # not one left half made

browser() { # Chromium, a font, and the one library that Playwright's driver does not bring along
    command -v chromium && fc-list | grep . && python3 -c 'import ctypes; ctypes.CDLL("libatomic.so.1")'
} >/dev/null 2>&1

install_missing() { # all at once, so that one command is enough where this may not install by itself
    set --
    if ! usable_environment && ! fitting_python >/dev/null; then
        say "Python 3.11 cannot make a virtual environment here"
        set -- python3 python3-venv
    fi
    if [ "$purpose" = tests ] && ! browser; then
        say "the page tests need Debian's Chromium, a font and libatomic"
        set -- "$@" chromium fontconfig fonts-dejavu-core libatomic1
    fi
    [ $# -eq 0 ] || install_debian "$@"
}

make_environment() {
    if usable_environment; then return; fi
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

install_missing
make_environment
install_packages
say "ready"
