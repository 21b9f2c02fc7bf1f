# Sourced by ./start, ./congvu and ./test: finds or installs what the program needs, and builds it when its sources have changed.
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

say() { printf '%s\n' "$*" >&2; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# Installs Debian packages without letting them start servers of their own.
install_packages() {
    local policy=/usr/sbin/policy-rc.d made=
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod +x "$policy"
        made=1
    fi
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
    [ -z "$made" ] || as_root rm -f "$policy"
}

# The .NET 10 SDK and ICU, which Vietnamese text needs.
need_dotnet() {
    export PATH="$PATH:$HOME/.dotnet"
    ldconfig -p 2>/dev/null | grep -q libicuuc || install_packages "$(apt-cache search --names-only '^libicu[0-9]+$' | sort -V | tail -1 | cut -d' ' -f1)"
    if dotnet --list-sdks 2>/dev/null | grep -q '^10\.'; then return; fi
    say "Installing the .NET 10 SDK …"
    if apt-cache show dotnet-sdk-10.0 >/dev/null 2>&1; then
        install_packages dotnet-sdk-10.0
    else
        command -v curl >/dev/null || install_packages curl ca-certificates
        curl -fsSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0 --install-dir "$HOME/.dotnet" >&2
    fi
}

# Node.js 20 or later, which builds the webmail.
need_node() {
    command -v npm >/dev/null && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] && return
    say "Installing Node.js …"
    install_packages nodejs npm
}

web_is_stale() {
    [ ! -f web/dist/index.html ] || [ -n "$(find web -path web/node_modules -prune -o -path web/dist -prune -o -path web/browser -prune -o -type f -newer web/dist/index.html -print -quit)" ]
}

# What builds and tests the webmail.
need_web_packages() {
    need_node
    if [ ! -d web/node_modules ] || [ web/package-lock.json -nt web/node_modules/.package-lock.json ]; then
        (cd web && npm ci --no-fund --no-audit --loglevel=error >&2)
    fi
}

# The webmail: web/dist, which the program's build takes in.
need_web() {
    web_is_stale || return 0
    say "Building the webmail …"
    need_web_packages
    (cd web && npm run --silent build >&2)
}

# Builds into a folder of its own, so that a server that runs keeps the files it runs from. Sets $program.
need_program() {
    local current=artifacts/current built
    program=$current/congvu
    need_web
    if [ -x "$program" ] && [ ! web/dist/index.html -nt "$program" ] && [ -z "$(find src Directory.*.props global.json -newer "$program" \( -name '*.cs' -o -name '*.csproj' -o -name '*.props' -o -name '*.resx' -o -name '*.sql' -o -name global.json \) -print -quit)" ]; then
        return
    fi
    need_dotnet
    say "Building …"
    built=congvu-$(date +%Y%m%d-%H%M%S)
    dotnet publish src/CongVu.Server -c Release -o "artifacts/$built" --nologo -v quiet >&2
    touch "artifacts/$built/congvu"
    ln -sfn "$built" "$current"
    # The one before stays for a server that may still run from it.
    ls -1d artifacts/congvu-* | sort | head -n -2 | xargs -r rm -rf
}
