/*
 * libfault.so, for LD_PRELOAD: what a disk, a resolver, a network or a full
 * memory may do to feedd, on demand.  Acts in a program named feedd and nowhere
 * else; feedd's workers never see it, for they get no environment.
 *
 *	FAULT_PROGRAM=NAME        in a program of that name instead
 *	FAULT_WHEN=FILE           only while FILE exists (else always)
 *	FAULT_COUNT=FILE          FILE says how many points there were so far
 *	FAULT_EXIT=N              _exit(99) at the Nth point; every other time half
 *	                          of what was to be written is
 *	FAULT_WRITE=EIO:N         the Nth point that writes fails so; with N+ each
 *	FAULT_SYNC=EIO:N          from there on.  Likewise of fsync(); or ENOSPC,
 *	                          EDQUOT
 *	FAULT_RECORD=FILE         all points, appended to FILE as they are passed:
 *	                          a line `write|truncate|sync|syncfs|rename|unlink
 *	                          OFFSET LENGTH PATH[\tPATH]`, then a write's bytes
 *	FAULT_MALLOC=N            the Nth allocation fails; likewise N+
 *	FAULT_SLOW=HOST:SECONDS   names (HOST as in the shell) that take so long, and
 *	                          then are unknown
 *	FAULT_TURN=HOST:A:B       names (likewise) that are A and B by turns (IPv4)
 *	FAULT_CLOCK=FILE          the wall clock is so many seconds ahead as FILE says,
 *	                          and no timer of the kernel's knows
 *	FAULT_DISK=TYPE           every file system is of that type (statfs(2), hex)
 *	FAULT_NAMED=1             none has files without a name (O_TMPFILE)
 *	FAULT_NONE=WORD           there is no descriptor for that: a file's name, or
 *	                          socket, pipe2, epoll_create1, epoll_ctl, timerfd_create
 *
 * A point is a write(), pwrite(), ftruncate(), fsync(), fdatasync(), rename() or
 * unlink() of a plain file that is not one of the three standard descriptors.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#define EXIT_CODE 99

/* The nth of something goes wrong; with `on`, all behind it, too. */
struct fault {
	long at;
	bool on;
	int error;
	atomic_long count;
};

static struct fault ends, writes, syncs, allocations;
static bool active, all_named;
static char when[256], counted[256], recorded[256], slow[256], turn[256];
static char turn_to[2][64], ahead[256], none[32];
static int slow_s;
static long disk; /* 0: as it is */

/* ------------------------------------------------------------ the words ---- */

static void read_number(struct fault *fault, const char *text)
{
	char *end;

	fault->at = strtol(text, &end, 10);
	fault->on = *end == '+';
}

static void read_fault(struct fault *fault, const char *text)
{
	const char *colon = text != NULL ? strchr(text, ':') : NULL;

	if (colon == NULL)
		return;
	fault->error = strncmp(text, "ENOSPC", 6) == 0   ? ENOSPC
		       : strncmp(text, "EDQUOT", 6) == 0 ? EDQUOT
							 : EIO;
	read_number(fault, colon + 1);
}

static void read_text(char *out, size_t size, const char *name)
{
	const char *text = getenv(name);

	snprintf(out, size, "%s", text != NULL ? text : "");
}

/* "a:b:c": a stays, the rest begins behind it. */
static char *cut_at_colon(char *text)
{
	char *colon = strchr(text, ':');

	if (colon == NULL)
		return text + strlen(text);
	*colon = '\0';
	return colon + 1;
}

static void read_names(void)
{
	char *rest, *second;

	read_text(slow, sizeof(slow), "FAULT_SLOW");
	slow_s = (int)strtol(cut_at_colon(slow), NULL, 10);
	read_text(turn, sizeof(turn), "FAULT_TURN");
	rest = cut_at_colon(turn);
	second = cut_at_colon(rest);
	snprintf(turn_to[0], sizeof(turn_to[0]), "%s", rest);
	snprintf(turn_to[1], sizeof(turn_to[1]), "%s", second);
	read_text(ahead, sizeof(ahead), "FAULT_CLOCK");
	read_text(none, sizeof(none), "FAULT_NONE");
}

/* All is read before main(), which clears the environment. */
__attribute__((constructor)) static void begin(void)
{
	const char *text = getenv("FAULT_PROGRAM");

	if (strcmp(program_invocation_short_name, text != NULL ? text : "feedd") != 0)
		return;
	read_text(when, sizeof(when), "FAULT_WHEN");
	if ((text = getenv("FAULT_EXIT")) != NULL)
		read_number(&ends, text);
	if ((text = getenv("FAULT_DISK")) != NULL)
		disk = strtol(text, NULL, 16);
	all_named = getenv("FAULT_NAMED") != NULL;
	if ((text = getenv("FAULT_MALLOC")) != NULL)
		read_number(&allocations, text);
	read_fault(&writes, getenv("FAULT_WRITE"));
	read_fault(&syncs, getenv("FAULT_SYNC"));
	read_names();
	read_text(counted, sizeof(counted), "FAULT_COUNT");
	read_text(recorded, sizeof(recorded), "FAULT_RECORD");
	active = true;
}

/* ------------------------------------------------------------ the points ---- */

static bool is_time(void)
{
	return active && (when[0] == '\0' || access(when, F_OK) == 0);
}

/* Whether it is this one's turn to go wrong. */
static bool strikes(struct fault *fault)
{
	long count;

	if (fault->at == 0)
		return false;
	count = atomic_fetch_add(&fault->count, 1) + 1;
	return count == fault->at || (fault->on && count > fault->at);
}

static bool is_plain_file(int fd)
{
	struct stat st;

	return fd > STDERR_FILENO && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

/* Whoever counts the points may read how many there were. */
static void write_count(long count)
{
	char text[24];
	int fd, length = snprintf(text, sizeof(text), "%ld\n", count);

	if (counted[0] == '\0')
		return;
	fd = (int)syscall(SYS_openat, AT_FDCWD, counted, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	syscall(SYS_write, fd, text, (size_t)length);
	close(fd);
}

/* One append a point, so that those of several threads are whole. */
static void record(const char *what, long offset, const void *bytes, size_t length,
	const char *path, const char *second)
{
	char line[2 * PATH_MAX];
	struct iovec parts[2];
	int fd;

	if (!active || recorded[0] == '\0')
		return;
	parts[0].iov_base = line;
	parts[0].iov_len = (size_t)snprintf(line, sizeof(line), "%s %ld %zu %s%s%s\n", what, offset,
		length, path, second != NULL ? "\t" : "", second != NULL ? second : "");
	parts[1].iov_base = (void *)(uintptr_t)bytes;
	parts[1].iov_len = bytes != NULL ? length : 0;
	fd = (int)syscall(
		SYS_openat, AT_FDCWD, recorded, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	syscall(SYS_writev, fd, parts, 2);
	close(fd);
}

static void record_fd(const char *what, long offset, const void *bytes, size_t length, int fd)
{
	char link[32], path[PATH_MAX];
	ssize_t got;

	if (recorded[0] == '\0')
		return;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	got = readlink(link, path, sizeof(path) - 1);
	if (got <= 0)
		return;
	path[got] = '\0';
	record(what, offset, bytes, length, path, NULL);
}

enum passing { PASS, PASS_HALF, FAIL };

/* A point: what is to become of it.  PASS_HALF ends the process after that. */
static enum passing point(struct fault *fault)
{
	long count;

	if (!is_time())
		return PASS;
	count = atomic_fetch_add(&ends.count, 1) + 1;
	write_count(count);
	if (count == ends.at) {
		if (count % 2 != 0)
			_exit(EXIT_CODE);
		return PASS_HALF;
	}
	if (fault == NULL || !strikes(fault))
		return PASS;
	errno = fault->error;
	return FAIL;
}

ssize_t write(int fd, const void *data, size_t size)
{
	enum passing passing = is_plain_file(fd) ? point(&writes) : PASS;
	ssize_t result;

	if (passing == FAIL)
		return -1;
	if (recorded[0] != '\0' && is_plain_file(fd))
		record_fd("write", lseek(fd, 0, SEEK_CUR), data, size, fd);
	result = syscall(SYS_write, fd, data, passing == PASS_HALF ? size / 2 : size);
	if (passing == PASS_HALF)
		_exit(EXIT_CODE);
	return result;
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at)
{
	enum passing passing = is_plain_file(fd) ? point(&writes) : PASS;
	ssize_t result;

	if (passing == FAIL)
		return -1;
	record_fd("write", at, data, size, fd);
	result = syscall(SYS_pwrite64, fd, data, passing == PASS_HALF ? size / 2 : size, at);
	if (passing == PASS_HALF)
		_exit(EXIT_CODE);
	return result;
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at)
{
	return pwrite64(fd, data, size, at);
}

/* The rest is done whole or not at all. */
static long pass(enum passing passing, long number, long a, long b)
{
	long result = passing == FAIL ? -1 : syscall(number, a, b);

	if (passing == PASS_HALF)
		_exit(EXIT_CODE);
	return result;
}

int ftruncate64(int fd, off64_t length)
{
	record_fd("truncate", length, NULL, 0, fd);
	return (int)pass(point(&writes), SYS_ftruncate, fd, length);
}

int ftruncate(int fd, off_t length)
{
	return ftruncate64(fd, length);
}

int fsync(int fd)
{
	int result = (int)pass(point(&syncs), SYS_fsync, fd, 0);

	record_fd("sync", 0, NULL, 0, fd);
	return result;
}

int fdatasync(int fd)
{
	int result = (int)pass(point(&syncs), SYS_fdatasync, fd, 0);

	record_fd("sync", 0, NULL, 0, fd);
	return result;
}

int syncfs(int fd)
{
	record_fd("syncfs", 0, NULL, 0, fd);
	return (int)syscall(SYS_syncfs, fd);
}

int rename(const char *from, const char *to)
{
	record("rename", 0, NULL, 0, from, to);
	return (int)pass(point(NULL), SYS_rename, (long)from, (long)to);
}

/* Both paths lead from the root or from here. */
int renameat2(int from_at, const char *from, int to_at, const char *to, unsigned flags)
{
	enum passing passing;
	long result;

	record("rename", 0, NULL, 0, from, to);
	passing = point(NULL);
	result = passing == FAIL ? -1 : syscall(SYS_renameat2, from_at, from, to_at, to, flags);
	if (passing == PASS_HALF)
		_exit(EXIT_CODE);
	return (int)result;
}

int unlink(const char *path)
{
	record("unlink", 0, NULL, 0, path, NULL);
	return (int)pass(point(NULL), SYS_unlink, (long)path, 0);
}

static bool is_none(const char *name)
{
	return active && none[0] != '\0' && strcmp(none, name) == 0 && is_time();
}

int open(const char *path, int flags, ...)
{
	const char *slash = strrchr(path, '/');
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = va_arg(args, mode_t);
	va_end(args);
	errno = is_none(slash != NULL ? slash + 1 : path) ? EMFILE : EOPNOTSUPP;
	if (errno == EMFILE || (all_named && (flags & O_TMPFILE) == O_TMPFILE))
		return -1;
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) __attribute__((alias("open")));

/* ------------------------------------------------------------ memory ---- */

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);

/* Looks for the file only where there is a limit: it costs a call each time. */
static bool is_out(void)
{
	if (allocations.at == 0 || !is_time() || !strikes(&allocations))
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return is_out() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return is_out() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return is_out() ? NULL : __libc_realloc(old, size);
}

/* ------------------------------------------------------------ network ---- */

typedef int resolver(const char *host, const char *service, const struct addrinfo *hints,
	struct addrinfo **out_found);

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
	struct addrinfo **out_found)
{
	static atomic_uint turns;
	resolver *real;

	*(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
	if (active && host != NULL && fnmatch(slow, host, 0) == 0) {
		sleep((unsigned)slow_s);
		return EAI_AGAIN;
	}
	if (active && host != NULL && turn[0] != '\0' && fnmatch(turn, host, 0) == 0)
		host = turn_to[atomic_fetch_add(&turns, 1) % 2];
	return real(host, service, hints, out_found);
}

/* -------------------------------------------------------------- the clock ---- */

static long read_ahead(void)
{
	int fd = (int)syscall(SYS_openat, AT_FDCWD, ahead, O_RDONLY | O_CLOEXEC);
	char text[24] = "";

	if (fd < 0)
		return 0;
	if (syscall(SYS_read, fd, text, sizeof(text) - 1) < 0)
		text[0] = '\0';
	syscall(SYS_close, fd);
	return strtol(text, NULL, 10);
}

int clock_gettime(clockid_t clock, struct timespec *out)
{
	int result = (int)syscall(SYS_clock_gettime, clock, out);

	if (active && ahead[0] != '\0' && clock == CLOCK_REALTIME && result == 0)
		out->tv_sec += read_ahead();
	return result;
}

/* ------------------------------------------------------- kinds of disks ---- */

int statfs(const char *path, struct statfs *out)
{
	if (syscall(SYS_statfs, path, out) < 0)
		return -1;
	if (disk != 0)
		out->f_type = disk;
	return 0;
}

/* ------------------------------------------------ what the kernel makes ---- */

static long made(const char *name, long number, long a, long b, long c, long d)
{
	if (is_none(name)) {
		errno = EMFILE;
		return -1;
	}
	return syscall(number, a, b, c, d);
}

int socket(int domain, int type, int protocol)
{
	return (int)made("socket", SYS_socket, domain, type, protocol, 0);
}

int pipe2(int both[2], int flags)
{
	return (int)made("pipe2", SYS_pipe2, (long)both, flags, 0, 0);
}

int epoll_create1(int flags)
{
	return (int)made("epoll_create1", SYS_epoll_create1, flags, 0, 0, 0);
}

int epoll_ctl(int epoll, int what, int fd, struct epoll_event *event)
{
	return (int)made("epoll_ctl", SYS_epoll_ctl, epoll, what, fd, (long)event);
}

int timerfd_create(clockid_t clock, int flags)
{
	return (int)made("timerfd_create", SYS_timerfd_create, clock, flags, 0, 0);
}
