# The daemon's command line and its surroundings: what is wrong with them is
# said in a sentence, with the exit code that a service manager goes by.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

claim "what cannot be read is a usage error, told by feedd under its own name"
for words in --nonsense "--log-level loud" "--socket=" "--data-dir=" "--self-test all" word; do
	# shellcheck disable=SC2086
	fails 64 feedd $words
	has "$err" '^feedd: '
done

claim "a list of subscriptions is no feed"
printf '<opml version="2.0"><body/></opml>' >list.opml
fails 1 feedd --parse list.opml
same "" "$out"
has "$err" 'subscription list (OPML), not a feed'

claim "a page names its feeds, whatever its encoding"
page='<html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head></html>'
{
	printf '\377\376'
	echo "$page" | iconv -t UTF-16LE
} >page.html
fails 1 feedd --parse --base http://x.example/ page.html
has "$err" 'a web page (HTML), not a feed; its feeds: http://x.example/feed'

claim "a document that costs too much is given up, while it is printed, too"
yes '<a><b></a>' | tr -d '\n' | head -c 769230 >html
{
	printf '{"version":"https://jsonfeed.org/version/1.1","title":"t","items":[{"id":"0"}'
	for i in $(seq 55); do
		printf ',{"id":"%s","content_html":"' "$i"
		cat html
		printf '"}'
	done
	printf ']}'
} >costly.json
code=0
(ulimit -t 8 && exec feedd --parse costly.json) >/dev/null 2>err || code=$?
case $code in
	0) ;; # it is a fast machine
	1) has "$(cat err)" '^feedd: the document takes too long' ;;
	*) die "it ended with $code" ;;
esac

claim "nothing that was said comes back as a control character"
escape=$(printf '\033]0;x\007\033[2J')
mkdir "$escape"
printf '[%s]\nx = 1\n' "$escape" >"$escape/conf"
echo "<$escape>" >"$escape/document"
unescaped() {
	code=$1
	shift
	fails "$code" "$@"
	has "$err" '^feedd: '
	[ "$err" = "$(printf '%s\n' "$err" | tr -d '\033\007')" ] || die "an escape: $*"
}
unescaped 64 feedd "--$escape"
unescaped 64 feedd "-$escape"
unescaped 64 feedd "$escape"
unescaped 64 feedd "--help=$escape"
unescaped 64 feedd --parse "--$escape"
unescaped 1 feedd --parse "$escape/document"
unescaped 1 feedd --parse "$escape/missing"
unescaped 78 feedd --check-config --config "$escape/conf"
unescaped 64 feedd --check-config --set "$escape=1"
unescaped 78 feedd --check-config --set "log.level=$escape"
unescaped 64 feedd --config
has "$err" 'feedd: --config wants a value'

claim "of what is said it is what was wrong that is named"
fails 64 feedd --set=log.level=info -xh
same 'feedd: "-x" is no option; feedd --help lists them' "$err"
fails 64 feedd --check-config -xh
same 'feedd: "-x" is no option; feedd --help lists them' "$err"
fails 64 feedd --help=x
same 'feedd: "--help=x": that option takes no value' "$err"
fails 64 feedd --parse --raw=x -
has "$err" '^feedd: "--raw=x": that option takes no value'

claim "the version tells the libraries', too"
for library in libuv expat SQLite jansson yajl gumbo libxxhash zlib libbrotlidec libzstd libseccomp inih; do
	has "$(feedd --version)" "^$library[ _][0-9]"
done
has "$(feedd --version)" '^libcurl/[0-9]'

claim "what nobody can read was not printed"
echo '{"version":"https://jsonfeed.org/version/1.1","title":"t","items":[{"id":"1","url":"x"}]}' >f.json
for words in --help --version --sample-config "--parse f.json"; do
	code=0
	feedd $words >/dev/full 2>"$work/err" || code=$?
	same 74 "$code"
	has "$(cat "$work/err")" "^feedd: output can't be written"
done

claim "a descriptor that does not wait is waited for, in front and behind"
cat >unwaiting.py <<'E0'
import os, select, subprocess
def piped(blocking_end):
    ends = os.pipe()
    os.set_blocking(ends[blocking_end], False)
    return ends
asked, answers = piped(0), piped(1)
parse = subprocess.Popen(["feedd", "--parse", "-"], stdin=asked[0], stdout=answers[1])
os.close(asked[0])
os.close(answers[1])
# Until it has found nothing there, and sleeps or has ended.
def state():
    return open(f"/proc/{parse.pid}/stat").read().rsplit(")", 1)[1].split()[0]
while parse.poll() is None and state() != "S":
    pass
with os.fdopen(asked[1], "wb") as feed:
    feed.write(b'{"version":"https://jsonfeed.org/version/1.1","title":"t","items":[')
    feed.write(b",".join(b'{"id":"%d","content_text":"%s"}' % (n, b"x" * 1000)
                         for n in range(1000)))
    feed.write(b"]}")
select.select([answers[0]], [], [])
with os.fdopen(answers[0], "rb") as answer:
    print(len(answer.read()) > 1000000, parse.wait())
E0
same "True 0" "$(python3 unwaiting.py)"

claim "what is said of a document to parse may stand before or behind that"
for words in "--parse --base http://e.example/ f.json" "--raw --base http://e.example/ --parse f.json" \
	"--base=http://e.example/ --parse f.json"; do
	has "$(feedd $words)" '"http://e.example/x"'
done
fails 64 feedd --base http://e.example/ f.json

claim "a setting that is none is found before anything is begun"
printf '[control]\ngroup = nobody-has-this\n' >bad.conf
fails 78 feedd --check-config --config bad.conf
has "$err" '^feedd: bad.conf:2: \[control\] group: there is no group "nobody-has-this"'
fails 78 feedd --config bad.conf --data-dir "$work/data"
fails 78 feedd --set control.group=nobody-has-this --data-dir "$work/data"
[ ! -e data ] || die "the data directory was made"

claim "a configuration that can't be looked at is not passed over: it may name a proxy"
ln -s round round
XDG_CONFIG_HOME=$work/round fails 78 feedd --check-config
has "$err" "^feedd: $work/round/feedd/feedd.conf: "
XDG_CONFIG_HOME=$work/round fails 78 feedd --data-dir "$work/unread"
XDG_CONFIG_HOME=$work/bad.conf feedd --check-config

claim "the mark that some editors begin a file with is no setting"
printf '\357\273\277[log]\nlevel = debug\n' >bom.conf
feedd --check-config --config bom.conf

claim "a socket's path may be longer than an address has room for"
long=$(printf '%0120d' 7)
fails 3 feedctl --socket "$long" status
has "$err" "^feedctl: .*: File name too long"

claim "a group that is none leaves a running daemon's settings as they were"
: >good.conf
start --config "$work/good.conf"
printf '[log]\nlevel = debug\n[control]\ngroup = nobody-has-this\n' >good.conf
kill -HUP "$daemon_pid"
until_true grep -q 'stays as it was: .*good.conf:4: .*nobody-has-this' daemon.log

stop
claim "the directory of a socket that a group could reach is closed again without it"
start --set "control.group=$(id -gn)"
same 750 "$(stat -c %a "$XDG_RUNTIME_DIR/feedd")"
stop
: >good.conf
start --config "$work/good.conf"
same 700 "$(stat -c %a "$XDG_RUNTIME_DIR/feedd")"

claim "a pipe holds no settings, and keeps no daemon waiting"
rm good.conf
mkfifo good.conf
kill -HUP "$daemon_pid"
until_true grep -q 'stays as it was: .*good.conf is a pipe' daemon.log
fails 78 timeout 5 feedd --check-config --config good.conf
has "$err" '^feedd: good.conf is a pipe'
feedctl status >/dev/null
stop

claim "a file that was not there is found when it comes, and what was not read is not said to be"
mkdir -p "$HOME/.config/feedd"
: >daemon.log
start
if [ ! -e /etc/feedd/feedd.conf ]; then
	kill -HUP "$daemon_pid"
	until_true grep -q "no configuration file was read: .* at $HOME/.config/feedd/feedd.conf or " \
		daemon.log
fi
printf '[nonsense]\nx = 1\n' >"$HOME/.config/feedd/feedd.conf"
kill -HUP "$daemon_pid"
until_true grep -q 'stays as it was: .*/.config/feedd/feedd.conf:1' daemon.log
printf '[log]\nlevel = debug\n' >"$HOME/.config/feedd/feedd.conf"
kill -HUP "$daemon_pid"
until_true grep -q 'was read again: .*/.config/feedd/feedd.conf' daemon.log
rm "$HOME/.config/feedd/feedd.conf"
if [ ! -e /etc/feedd/feedd.conf ]; then
	kill -HUP "$daemon_pid"
	until_true grep -q 'stays as it was: .*: No such file' daemon.log
fi
stop

claim "it is told to read them again while the store is not open yet, and does once it is"
: >daemon.log
mkfifo hold
sqlite3 data/feedd.db <hold >held &
holder=$!
exec 9>hold
echo 'BEGIN EXCLUSIVE; SELECT 1;' >&9
until_true test -s held
printf '[log]\nlevel = debug\n' >again.conf
feedd --config "$work/again.conf" --data-dir "$work/data" 2>>daemon.log 9>&- &
daemon_pid=$!
# (By what it has open: who tries its lock may be met by it with that.)
opens() {
	ls -l "/proc/$daemon_pid/fd" | grep -q 'data/feedd\.db$'
}
until_true opens
kill -HUP "$daemon_pid"
exec 9>&-
wait $holder
until_true grep -q 'was read again: .*/again.conf' daemon.log
stop

claim "a socket's directory that others can enter, or that is a link, is refused"
mkdir -m 777 wide
chmod 777 wide
mkdir -m 700 real
ln -s real link
for socket in wide/s link/s link//s; do
	fails 78 feedd --data-dir "$work/data" --socket "$work/$socket"
done

claim "so is a place that can't be made or opened, and an option names another"
fails 78 feedd --data-dir "$work/data" --socket /proc/nowhere/s
has "$err" ': /proc/nowhere cannot be made: .*; --socket or XDG_RUNTIME_DIR says another place$'
fails 78 feedd --data-dir /proc/nowhere/data
has "$err" ': /proc/nowhere cannot be made: .*; --data-dir says another place$'
mkdir -p -m 700 locked locked/feedd.lock
fails 78 feedd --data-dir "$work/locked"

claim "a store that others may write, as a copy of a backup may be, is refused"
feedctl status >/dev/null 2>&1 && die "somebody listens"
chmod 755 data
for name in feedd.db feedd.db-wal feedd.db-shm; do
	[ -e data/$name ] || install -m 600 /dev/null data/$name
	chmod 666 data/$name
	fails 78 feedd --data-dir "$work/data"
	has "$err" "/$name: it can be written by others; chmod 600 it$"
	[ $name = feedd.db ] || rm data/$name
	[ $name != feedd.db ] || chmod 600 data/$name
done
chmod 700 data

claim "one that others may read is served, and told in a line"
feedd_warns() {
	chmod "$1" data
	chmod "$2" data/feedd.db
	: >daemon.log
	start
	stop
	same "$1 $2" "$(stat -c %a data data/feedd.db | paste -sd ' ')"
	same "$3" "$(sed -n 's/.*warning: \(others\)/\1/p' daemon.log)"
}
feedd_warns 755 600 "others can look into $work/data: chmod 700 it"
feedd_warns 750 640 "others can look into $work/data, and read the store there: chmod 700 it"
feedd_warns 700 644 ""
chmod 600 data/feedd.db

# Runs a program for whose own files their modes count, which they do not for root.
owner=env
[ "$(id -u)" -ne 0 ] || owner="setpriv --bounding-set=-dac_override,-dac_read_search"

claim "so is what can't be written, and once it can the store is as before"
if $owner true 2>/dev/null; then
	chmod 500 data
	fails 78 $owner feedd --data-dir "$work/data"
	has "$err" "/data can't be written; chmod 700 it, or --data-dir says another place: Perm"
	chmod 700 data
	chmod 400 data/feedd.db
	for option in "" --recover; do
		fails 78 $owner feedd --data-dir "$work/data" $option
		has "$err" "/feedd.db: it can't be written: .*mode 600"
	done
	[ ! -e data/feedd.db-shm ] || die "SQLite was there"
	chmod 000 data/feedd.db
	fails 78 $owner feedd --data-dir "$work/data"
	has "$err" "/feedd.db: it can't be opened: it must belong to who runs feedd, .*mode 600"
	chmod 600 data/feedd.db
	install -m 400 /dev/null data/feedd.db-shm
	install -m 400 /dev/null data/feedd.db-wal
	$owner feedd --data-dir "$work/data" 2>>daemon.log &
	daemon_pid=$!
	until_true feedctl status
	stop
fi

claim "and a store that is no file of its own is none that is damaged"
mkdir -m 700 linked
for option in "" --recover; do
	for target in "$work/data/feedd.db" "$work/nowhere"; do
		ln -s "$target" linked/feedd.db
		fails 78 feedd --data-dir "$work/linked" $option
		has "$err" "/feedd.db: it is a symbolic link.*: put the file itself in its place"
		rm linked/feedd.db
	done
	mkdir linked/feedd.db
	fails 78 feedd --data-dir "$work/linked" $option
	has "$err" "/feedd.db: it is a directory: move it away"
	rmdir linked/feedd.db
	mkfifo linked/feedd.db
	fails 78 timeout 20 feedd --data-dir "$work/linked" $option
	has "$err" "/feedd.db: it is no plain file: move it away"
	rm linked/feedd.db
done

claim "nor is one whose journal is no file of its own; a link is not followed"
cp data/feedd.db linked
chmod 600 linked/feedd.db
for name in feedd.db-wal feedd.db-shm; do
	for option in "" --recover; do
		ln -s "$work/nowhere" linked/$name
		fails 78 feedd --data-dir "$work/linked" $option
		has "$err" "/$name: it is a symbolic link that leads nowhere: move it away"
		[ ! -e nowhere ] || die "it was made"
		echo old >there
		ln -sf "$work/there" linked/$name
		fails 78 feedd --data-dir "$work/linked" $option
		has "$err" "/$name: it is a symbolic link: put the file itself in its place"
		same old "$(cat there)"
		rm linked/$name
		mkdir linked/$name
		fails 78 feedd --data-dir "$work/linked" $option
		has "$err" "/$name: it is a directory: move it away"
		rmdir linked/$name
	done
done
cmp data/feedd.db linked/feedd.db

claim "a store that another program has locked is none that is damaged"
cat >lock.py <<'E'
import sqlite3, time
store = sqlite3.connect("data/feedd.db", isolation_level=None)
store.execute("BEGIN IMMEDIATE")
open("is-locked", "w").close()
time.sleep(60)
E
python3 lock.py &
lock=$!
until_true test -e is-locked
fails 75 feedd --data-dir "$work/data"
has "$err" 'database is locked'
has "$err" "another program has $work/data open and locked\$"
kill "$lock"
wait "$lock" 2>/dev/null || :

claim "nor does its writer hang: the watchdog hears from it, with and without what waits"
cat >notified.py <<'E'
import socket
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind("notify")
while True:
    line = listener.recv(4096).decode().splitlines()[0]
    with open("notified", "a") as out:
        print(line, file=out)
E
# signs N: so many signs of life have come
signs() {
	[ "$(grep -cx WATCHDOG=1 notified)" -ge "$1" ]
}
# more_signs: and several more than by now
more_signs() {
	until_true signs $(($(grep -cx WATCHDOG=1 notified) + 8))
}
: >notified
python3 notified.py &
notified=$!
until_true test -S notify
export NOTIFY_SOCKET="$work/notify" WATCHDOG_USEC=400000
start
unset NOTIFY_SOCKET WATCHDOG_USEC
push=$(feedctl add push:locked | cut -f1)
more_signs
rm is-locked
python3 lock.py &
lock=$!
until_true test -e is-locked
more_signs
fails 124 timeout 1 feedctl pause "$push"
more_signs
kill "$lock"
wait "$lock" 2>/dev/null || :
stop

claim "who waits for the service learns that an older store is brought up to date first"
: >notified
(umask 077 && mkdir older &&
	sqlite3 older/feedd.db <"$SOURCE_DIR/tests/unit/store/schema-1.sql")
sqlite3 older/feedd.db 'UPDATE poll SET paused = 1'
export NOTIFY_SOCKET="$work/notify"
start --data-dir "$work/older"
unset NOTIFY_SOCKET
until_true grep -qx READY=1 notified
same "STATUS=Bringing the store up to date READY=1" "$(head -n 2 notified | paste -sd ' ')"
has "$(cat daemon.log)" "older feedd (schema 1): it is copied into backup/"
test -f older/backup/before-schema-1.db || die "there is no copy"
stop
kill "$notified"

claim "a NUL in a setting is called that"
printf '[log]\nlevel = info\0\n' >nul.conf
fails 78 feedd --check-config --config nul.conf
has "$err" '^feedd: nul.conf:2: a NUL byte'

claim "an activated socket is served where it listens, and no other place is made"
cat >activate.py <<'E'
import os, socket, sys
kind, path = sys.argv[1], sys.argv[2]
handed = socket.socket(socket.AF_INET if kind == "inet" else socket.AF_UNIX)
handed.bind(("127.0.0.1", 0) if kind == "inet" else path)
if kind != "deaf":
    handed.listen()
os.dup2(handed.fileno(), 3)
os.set_inheritable(3, True)  # which dup2() leaves where it is 3 already
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="2" if kind == "two" else "1")
os.execvp("feedd", ["feedd"] + sys.argv[3:])
E
mkdir -m 700 elsewhere
rm -rf "$XDG_RUNTIME_DIR/feedd"
python3 activate.py unix "$work/elsewhere/s" --data-dir "$work/data" 2>activated.log &
daemon_pid=$!
until_true feedctl --socket elsewhere/s status
grep -q "serves $work/elsewhere/s\$" activated.log || die "$(cat activated.log)"
[ ! -e "$XDG_RUNTIME_DIR/feedd" ] || die "a directory for no socket was made"
stop
for kind in inet deaf; do
	fails 78 python3 activate.py $kind "$work/elsewhere/$kind" --data-dir "$work/data"
	has "$err" 'no Unix socket that listens'
done
fails 78 python3 activate.py two "$work/elsewhere/two" --data-dir "$work/data"
has "$err" 'handed over 2 sockets, and one is served'

claim "who does not read the log keeps nobody waiting, and is told how much was dropped"
mkfifo unread
cat >reader.py <<'E2'
import fcntl, os, time
log = os.open("unread", os.O_RDONLY)
fcntl.fcntl(log, 1031, 4096)  # F_SETPIPE_SZ
while not os.path.exists("go"):
    time.sleep(0.02)
with open("flowed", "wb", 0) as flowed:
    while piece := os.read(log, 65536):
        flowed.write(piece)
E2
python3 reader.py &
reader=$!
feedd --data-dir "$work/data" 2>unread &
daemon_pid=$!
until_true feedctl status
for n in $(seq 80); do
	kill -HUP "$daemon_pid"
	timeout 20 feedctl count >/dev/null || die "the daemon waits for the log's reader"
done
touch go
flowed() {
	kill -HUP "$daemon_pid"
	grep 'warning: [0-9]* lines could not be written, and were dropped$' flowed
}
until_true flowed
stop
wait "$reader"
grep -q ' feedd: ended$' flowed || die "$(tail -n 3 flowed)"

claim "nor was what --recover found"
code=0
feedd --recover --data-dir "$work/data" >/dev/full 2>err || code=$?
same 74 "$code"
has "$(cat err)" "^feedd: output can't be written"

claim "a copy is made as often as is said, from the first feed on, and from SIGHUP on"
printf '[store]\nbackup-every = 1d\n' >often.conf
start --config "$work/often.conf"
feedctl add push:often >/dev/null
copies() {
	find "$work/data/backup" -name '*.db' | wc -l
}
had=$(copies)
printf '[store]\nbackup-every = 1s\nbackup-keep = 1000\n' >often.conf
kill -HUP "$daemon_pid"
more() {
	[ "$(copies)" -gt $((had + 1)) ]
}
until_true more
stop

claim "who begins with nothing has a copy soon after the first feed, not when the next is due"
rm -rf data
start --set store.backup-every=2m # of which that is two seconds
none() {
	[ "$(copies)" -eq 0 ] && [ -d data/backup ]
}
until_true none
feedctl add push:first push:second >/dev/null
first() {
	[ "$(copies)" -eq 1 ]
}
until_true first
same 2 "$(sqlite3 "$(find "$work/data/backup" -name '*.db')" 'SELECT count(*) FROM feed')"
stop

claim "where the data are is told from the root, as others have to name it"
for place in beside ./beside "$work/beside"; do
	start --data-dir "$place"
	directory=$(feedctl status --json | jq -r .data_dir)
	[ "$directory" -ef "$work/beside" ] || die "they are in $directory"
	has "$directory" '^/'
	stop
done
