# The sandbox: what must fail in it does, and all that feedd has to do goes on.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

[ -z "${FEEDD_SANITIZED:-}" ] || skip "a sanitizer wants more than a sandbox allows"

claim "an intruder's attempts fail, the daemon's own succeed"
feedd --self-test sandbox --data-dir "$work/data" >out 2>&1 || die "$(cat out)"
has "$(cat out)" '^ok: the daemon starts a parser, which parses: yes'
same "" "$(grep -v '^ok' out || :)"
fails 64 feedd --self-test everything
code=0
feedd --self-test sandbox --data-dir "$work/data" >/dev/full 2>err || code=$?
same 74 "$code"
has "$(cat err)" "^feedd: output can't be written: No space"
fails 74 sh -c 'feedd --self-test sandbox --data-dir data >&-'

claim "the system's unit reloads with what feedd may not run, and starts without a /lib64"
unit=$SOURCE_DIR/conf/systemd/system/feedd.service
has "$(grep '^ExecReload=' "$unit")" '=+/'
same "@bindir@/feedd /usr/lib" "$(sed -n 's/^ExecPaths=//p' "$unit" | tr ' ' '\n' | grep -v '^-' | paste -sd' ')"

serve
rss news.xml "News" a b
mkdir conf
printf '[poll]\nfloor = 20m\n' >conf/feedd.conf
start --config "$work/conf/feedd.conf"

claim "status says what holds"
level=$(feedctl status --json | jq -r .sandbox)
has "$level" 'seccomp, no_new_privs; workers: .*seccomp$'
case $level in degraded*) die "$level" ;; esac

claim "the kernel says the same of the process"
same 2 "$(awk '$1 == "Seccomp:" { print $2 }' "/proc/$daemon_pid/status")"
same 1 "$(awk '$1 == "NoNewPrivs:" { print $2 }' "/proc/$daemon_pid/status")"

claim "names are resolved, documents parsed"
feedctl add "$base/news.xml" >/dev/null
same 2 "$(feedctl count)"
feedctl add "http://localhost:$port/news.xml?by-name" >out || die "$(cat daemon.log)"

claim "a parser that is killed is followed by another"
worker=$(pgrep -P "$daemon_pid" | head -n 1)
same 2 "$(awk '$1 == "Seccomp:" { print $2 }' "/proc/$worker/status")"
for limit in "processes 0 0" "file size 0 0" "core file size 0 0"; do
	has "$(tr -s ' ' <"/proc/$worker/limits")" "^Max $limit "
done
pkill -9 -P "$daemon_pid"
rss news.xml "News" a b c
refreshed() {
	feedctl refresh --force --wait >/dev/null && [ "$(feedctl count)" -eq 3 ]
}
until_true refreshed

claim "an editor's new configuration file is read"
printf '[poll]\nfloor = nonsense\n' >conf/new
mv conf/new conf/feedd.conf
kill -HUP "$daemon_pid"
until_true grep -q 'stays as it was: .*feedd.conf:2' daemon.log
printf '[poll]\nfloor = 30m\n' >conf/new
mv conf/new conf/feedd.conf
kill -HUP "$daemon_pid"
until_true grep -q 'was read again' daemon.log

claim "a backup is made and sent"
feedctl backup copy.db
same ok "$(sqlite3 copy.db 'pragma integrity_check')"

claim "a configuration in a directory that came later is not said to be read"
if [ ! -e /etc/feedd/feedd.conf ]; then
	feedd --data-dir "$work/later" --socket "$work/later.sock/s" 2>later.log &
	later_pid=$!
	until_true grep -q serves later.log
	mkdir -p "$HOME/.config/feedd"
	printf '[log]\nlevel = debug\n' >"$HOME/.config/feedd/feedd.conf"
	kill -HUP "$later_pid"
	until_true grep -q 'stays as it was: .*Permission denied; .*: restart feedd$' later.log
	kill "$later_pid"
	wait "$later_pid"
fi

claim "nobody was refused anything"
same "" "$(grep -i 'denied\|not permitted\|seccomp' daemon.log || :)"
stop
