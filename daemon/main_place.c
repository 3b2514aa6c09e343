#include "daemon/main_place.h"

#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "common/mem.h"

#define LISTEN_FD 3 /* systemd's first one */
#define DESCRIPTORS_MAX 65536
#define DESCRIPTORS_OWN 48u /* of loop, store, parsers, resolvers and some clients */
#define DESCRIPTORS_MIN 40u /* with fewer no parser can be started */

/* What we or our libraries have a use for.  Proxies, netrc's and key logs of
 * the surroundings are none of it. */
static const char *const kept[] = {
	"HOME",
	"USER",
	"PATH",
	"TZ",
	"TMPDIR",
	"XDG_CONFIG_HOME",
	"XDG_DATA_HOME",
	"XDG_RUNTIME_DIR",
	"STATE_DIRECTORY",
	"RUNTIME_DIRECTORY",
	"FEEDD_SOCKET",
	"NOTIFY_SOCKET",
	"WATCHDOG_USEC",
	"WATCHDOG_PID",
	"JOURNAL_STREAM",
	"SSL_CERT_FILE",
	"SSL_CERT_DIR",
#ifdef FEEDD_TEST_HOOKS
	"FEEDD_TEST_CLOCK_FILE",
	"FEEDD_TEST_HELD_MS",
	"FEEDD_TEST_SEED",
#endif
#ifdef FEEDD_SANITIZED
	"ASAN_OPTIONS",
	"UBSAN_OPTIONS",
	"LSAN_OPTIONS",
	"TSAN_OPTIONS",
	"ASAN_SYMBOLIZER_PATH",
#endif
};

static void clear_environment(void)
{
	enum { COUNT = sizeof(kept) / sizeof(kept[0]) };
	char *values[COUNT];

	for (size_t i = 0; i < COUNT; i++)
		values[i] = mem_strdup(getenv(kept[i]));
	clearenv();
	for (size_t i = 0; i < COUNT; i++) {
		if (values[i] != NULL)
			setenv(kept[i], values[i], 1);
		free(values[i]);
	}
}

static long handed_over; /* sockets, by the service manager */

/* sd_listen_fds(3), of which we want one. */
static int activated(void)
{
	const char *pid = getenv("LISTEN_PID");
	const char *count = getenv("LISTEN_FDS");

	if (pid == NULL || count == NULL || strtol(pid, NULL, 10) != (long)getpid())
		return -1;
	handed_over = strtol(count, NULL, 10);
	return handed_over < 1 ? -1 : LISTEN_FD;
}

static void raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max < DESCRIPTORS_MAX ? limit.rlim_max : DESCRIPTORS_MAX;
	setrlimit(RLIMIT_NOFILE, &limit);
}

int place_check_descriptors(struct err *err)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= DESCRIPTORS_MIN)
		return 0;
	return err_set(err, ERR_FAILED,
		"no more than %llu files may be open at once, and %u are needed: see ulimit -n",
		(unsigned long long)limit.rlim_cur, DESCRIPTORS_MIN);
}

unsigned place_transfers(unsigned wanted)
{
	struct rlimit limit;
	rlim_t left;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return wanted;
	left = limit.rlim_cur > DESCRIPTORS_OWN ? limit.rlim_cur - DESCRIPTORS_OWN : 1;
	return left < wanted ? (unsigned)left : wanted;
}

/* Bodies come and go by the thousand: what a thread has freed the others may
 * have at once. */
static void keep_memory_small(void)
{
#ifdef __GLIBC__
	mallopt(M_ARENA_MAX, 1);
#endif
	mem_keep(4 << 20);
}

void place_prepare(int *out_listen_fd)
{
	struct rlimit none = { 0, 0 };

	keep_memory_small();
	*out_listen_fd = activated();
	close_range(*out_listen_fd >= 0 ? LISTEN_FD + 1 : LISTEN_FD, ~0u, 0);
	clear_environment();
	umask(0077);
	setrlimit(RLIMIT_CORE, &none);
	raise_descriptors();
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a limit on files is an error of that write */
}

/* ------------------------------------------------------------ directories ---- */

static int make_path(const char *path, struct err *err)
{
	char *part = mem_strdup(path);
	int rc = 0;

	for (char *slash = strchr(part + 1, '/'); rc == 0; slash = strchr(slash + 1, '/')) {
		if (slash != NULL)
			*slash = '\0';
		if (mkdir(part, 0700) < 0 && errno != EEXIST)
			rc = err_set(err, err_code_of_path(errno),
				"%s cannot be made: %s; --data-dir says another place", part,
				strerror(errno));
		if (slash == NULL)
			break;
		*slash = '/';
	}
	free(part);
	return rc;
}

static int check_own(const char *path, struct err *err)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return err_set_errno(err, err_code_of_path(errno), errno, "%s", path);
	if (!S_ISDIR(st.st_mode))
		return err_set(err, ERR_UNSAFE, "%s is no directory", path);
	if (st.st_uid != geteuid())
		return err_set(err, ERR_UNSAFE, "%s belongs to another user", path);
	if ((st.st_mode & 022) != 0)
		return err_set(err, ERR_UNSAFE, "%s can be written by others; chmod 700 it", path);
	if (access(path, R_OK | W_OK | X_OK) < 0)
		return err_set_errno(err, err_code_of_path(errno), errno,
			"%s can't be written; chmod 700 it, or --data-dir says another place",
			path);
	return 0;
}

static char *default_data_dir(struct err *err)
{
	const char *state = getenv("STATE_DIRECTORY");
	const char *xdg = getenv("XDG_DATA_HOME");
	const char *home = getenv("HOME");

	/* systemd may name several, divided by colons. */
	if (state != NULL && state[0] == '/')
		return mem_strndup(state, strcspn(state, ":"));
	if (xdg != NULL && xdg[0] == '/')
		return mem_printf("%s/feedd", xdg);
	if (home != NULL && home[0] == '/')
		return mem_printf("%s/.local/share/feedd", home);
	err_set(err, ERR_USAGE, "there is no HOME: say --data-dir");
	return NULL;
}

/* Who is told where it is stands elsewhere.  As it was given where nobody could reach it
 * from the root. */
static char *from_root(char *path)
{
	char here[PATH_MAX], *whole;

	if (path[0] == '/' || getcwd(here, sizeof(here)) == NULL)
		return path;
	whole = mem_printf("%s/%s", here, path);
	if (access(whole, R_OK | W_OK | X_OK) < 0) {
		free(whole);
		return path;
	}
	free(path);
	return whole;
}

static int check_there(const char *path, struct err *err)
{
	struct stat status;

	if (stat(path, &status) == 0 || (errno != ENOENT && errno != ENOTDIR))
		return 0; /* check_own() says the rest */
	return err_set(err, ERR_USAGE,
		"%s: there is no such directory; --data-dir says which one the store is in", path);
}

static int find_data_dir(const char *given, int (*prepare)(const char *path, struct err *err),
	char **out_path, struct err *err)
{
	char *path = given != NULL ? mem_strdup(given) : default_data_dir(err);

	if (path == NULL)
		return -1;
	if (path[0] == '\0')
		err_set(err, ERR_USAGE, "--data-dir is empty");
	if (path[0] == '\0' || prepare(path, err) < 0 || check_own(path, err) < 0) {
		free(path);
		return -1;
	}
	*out_path = from_root(path);
	return 0;
}

int place_data_dir(const char *given, char **out_path, struct err *err)
{
	return find_data_dir(given, make_path, out_path, err);
}

int place_data_dir_of_before(const char *given, char **out_path, struct err *err)
{
	return find_data_dir(given, check_there, out_path, err);
}

/* The mode of a path's file, 0 where there is none. */
static mode_t mode_of(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 ? status.st_mode : 0;
}

bool place_is_shown(const char *data_dir, bool *out_store)
{
	char *store = mem_printf("%s/feedd.db", data_dir);
	mode_t mode = mode_of(data_dir);

	*out_store = (mode & 011) != 0 && (mode_of(store) & 044) != 0;
	free(store);
	return (mode & 055) != 0;
}

const char *place_network_kind(const char *dir)
{
	/* As in statfs(2), whose names not all systems' headers have. */
	static const struct {
		unsigned long type;
		const char *name;
	} kinds[] = { { 0x6969, "NFS" }, { 0xff534d42, "CIFS" }, { 0xfe534d42, "SMB" },
		{ 0x517b, "SMB" }, { 0x01021997, "9P" }, { 0x5346414f, "AFS" },
		{ 0x00c36400, "Ceph" }, { 0x73757245, "Coda" }, { 0x0bd00bd0, "Lustre" } };
	struct statfs about;
	size_t i;

	if (statfs(dir, &about) < 0)
		return NULL;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (((unsigned long)about.f_type & 0xffffffff) == kinds[i].type)
			return kinds[i].name;
	return NULL;
}

char *place_socket(const char *given)
{
	const char *socket = getenv("FEEDD_SOCKET");
	const char *runtime = getenv("XDG_RUNTIME_DIR");

	if (given != NULL)
		return mem_strdup(given);
	if (socket != NULL && socket[0] != '\0')
		return mem_strdup(socket);
	if (runtime != NULL && runtime[0] == '/')
		return mem_printf("%s/feedd/feedd.sock", runtime);
	return mem_strdup("/run/feedd/feedd.sock");
}

/* ---------------------------------------------------------------- systemd ---- */

int place_activated(int listen_fd, char **out_path, struct err *err)
{
	struct sockaddr_un address;
	socklen_t size = sizeof(address), int_size = sizeof(int);
	int listens = 0;

	if (handed_over > 1)
		return err_set(err, ERR_UNSAFE,
			"the service manager handed over %ld sockets, and one is served: leave one "
			"ListenStream",
			handed_over);
	memset(&address, 0, sizeof(address));
	if (getsockname(listen_fd, (struct sockaddr *)&address, &size) < 0 ||
		address.sun_family != AF_UNIX ||
		getsockopt(listen_fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &int_size) < 0 ||
		listens == 0)
		return err_set(err, ERR_UNSAFE,
			"the service manager handed over no Unix socket that listens");
	if (address.sun_path[0] == '\0') /* the abstract namespace */
		*out_path = mem_printf(
			"@%.*s", (int)sizeof(address.sun_path) - 1, address.sun_path + 1);
	else
		*out_path = mem_strndup(address.sun_path, sizeof(address.sun_path));
	return 0;
}

void place_notify(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t length;
	int fd;

	if (path == NULL || (path[0] != '/' && path[0] != '@'))
		return;
	length = strlen(path);
	if (length >= sizeof(address.sun_path))
		return;
	memcpy(address.sun_path, path, length);
	if (path[0] == '@')
		address.sun_path[0] = '\0'; /* the abstract namespace */
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	/* Whoever supervises us may have gone; that is no reason to go, too. */
	(void)!sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + length));
	close(fd);
}

unsigned place_watchdog_ms(void)
{
	const char *usec = getenv("WATCHDOG_USEC");
	const char *pid = getenv("WATCHDOG_PID");
	unsigned long long value;

	if (usec == NULL || (pid != NULL && strtol(pid, NULL, 10) != (long)getpid()))
		return 0;
	value = strtoull(usec, NULL, 10) / 1000 / 2;
	return value > UINT_MAX ? UINT_MAX : (unsigned)value;
}
