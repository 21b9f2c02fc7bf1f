# Sourced by the benchmarks: builds the program and the bench, and installs what they run beside.
. eng/program.sh
missing=()
for package in postfix dovecot-imapd dovecot-lmtpd dovecot-pop3d dovecot-sieve dovecot-managesieved dovecot-submissiond; do
    dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
[ ${#missing[@]} = 0 ] || install_packages "${missing[@]}"
need_program
export BENCH_PROGRAM=$PWD/$program
# Configurations of the peers: scripts peer-dovecot.sh and peer-postfix.sh, each with start and stop.
export BENCH_PEERS=${BENCH_PEERS:-$PWD/../shared/peers}
dotnet build bench/CongVu.Bench -c Release --nologo -v quiet -clp:NoSummary
