# A start for which the kernel has not all that it takes ends with a sentence and
# the exit code behind which a service manager tries again; the store is as it was.
. "${SOURCE_DIR:?}/tests/e2e/fault/lib.sh"

none() {
	fails 71 timeout 20 env FAULT_NONE="$1" LD_PRELOAD="$BUILD_DIR/libfault.so" \
		feedd --data-dir "$work/data"
	has "$err" "error: .*$2"
}

start
feedctl add push:mail >/dev/null
stop

claim "no loop, or no pipe for its signals"
none epoll_create1 'no descriptors to wait for events with: too many open files'
none pipe2 'no descriptors to wait for events with: too many open files'

claim "no timer: nobody would look at a feed again"
none timerfd_create 'no timer for what is due: Too many open files'
none epoll_ctl 'no timer for what is due: too many open files'

claim "no descriptor for the socket, the lock or the store"
none socket 'feedd.sock: Too many open files'
none feedd.lock 'feedd.lock: Too many open files'
none feedd.db "feedd.db: it can't be opened: Too many open files"
none feedd.db-wal 'feedd.db-wal: Too many open files'
none feedd.db-shm 'feedd.db: store: unable to open database file'

claim "the next start has it all"
start
same 1 "$(feedctl feeds | wc -l)"
stop
sound
