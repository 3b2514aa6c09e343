#include "daemon/main_cage.h"

#include <curl/curl.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/landlock.h"
#include "common/mem.h"

/* ------------------------------------------------------------------ files ---- */

/* Of the superuser's /etc, where passwords are files like others. */
static const char *const etc_files[] = {
	"/etc/resolv.conf",
	"/etc/hosts",
	"/etc/nsswitch.conf",
	"/etc/host.conf",
	"/etc/gai.conf",
	"/etc/services",
	"/etc/protocols",
	"/etc/localtime",
	"/etc/passwd",
	"/etc/group",
	"/etc/ld.so.cache",
	"/etc/ld.so.preload",
	"/etc/ssl",
	"/etc/ca-certificates",
	"/etc/pki",
	"/etc/crypto-policies",
};

static const char *const read_only[] = {
	"/usr/lib",
	"/usr/lib32",
	"/usr/lib64",
	"/lib",
	"/lib64",
	"/usr/share/ca-certificates",
	"/usr/local/share/ca-certificates",
	"/usr/share/zoneinfo",
	"/usr/share/locale",
	"/run/systemd/resolve",
	"/run/nscd",
	"/dev/urandom",
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* "/" for a file of the root, "." for what has no slash; the caller's to free(). */
static char *dir_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return mem_strdup(".");
	return slash == path ? mem_strdup("/") : mem_strndup(path, (size_t)(slash - path));
}

static void allow_dir_of(int rules, const char *path, unsigned grants)
{
	char *dir = dir_of(path);

	landlock_allow(rules, dir, grants);
	free(dir);
}

/* Its directory and, where it is a link, the one that it leads to: who changes
 * a file puts a new one in its place, which no rule about the old one covers. */
static void allow_around(int rules, const char *path)
{
	char *real = realpath(path, NULL);

	allow_dir_of(rules, path, LANDLOCK_READ);
	if (real != NULL)
		allow_dir_of(rules, real, LANDLOCK_READ);
	free(real);
}

/*
 * The resolver's file is often a link into a directory that comes and goes with
 * the network.  Anybody else's /etc may be read whole, so that a new file there
 * is seen, too: what is secret in it is guarded by its owner.
 */
static void allow_names(int rules)
{
	char *real = realpath("/etc/resolv.conf", NULL);

	if (real != NULL && strncmp(real, "/etc/", 5) != 0)
		allow_dir_of(rules, real, LANDLOCK_READ);
	free(real);
	if (geteuid() != 0)
		landlock_allow(rules, "/etc", LANDLOCK_READ);
	for (size_t i = 0; i < COUNT(etc_files); i++)
		landlock_allow(rules, etc_files[i], LANDLOCK_READ);
	for (size_t i = 0; i < COUNT(read_only); i++)
		landlock_allow(rules, read_only[i], LANDLOCK_READ);
}

static void allow_certificates(int rules)
{
	const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);
	const char *const places[] = { curl->cainfo, curl->capath, getenv("SSL_CERT_FILE"),
		getenv("SSL_CERT_DIR") };

	for (size_t i = 0; i < COUNT(places); i++)
		if (places[i] != NULL)
			landlock_allow(rules, places[i], LANDLOCK_READ);
}

/* Wherever our libraries come from, a worker wants them again; and the loader,
 * which the kernel runs for it. */
static int allow_object(struct dl_phdr_info *object, size_t size, void *rules_of)
{
	const int *rules = rules_of;

	(void)size;
	if (object->dlpi_name[0] == '/')
		allow_around(*rules, object->dlpi_name);
	for (unsigned i = 0; i < object->dlpi_phnum; i++)
		if (object->dlpi_phdr[i].p_type == PT_INTERP)
			landlock_allow(*rules,
				(const char *)(object->dlpi_addr + object->dlpi_phdr[i].p_vaddr),
				LANDLOCK_READ | LANDLOCK_RUN);
	return 0;
}

/* A rule needs a directory that is there.  Whether it is a good one is judged
 * by who listens in it. */
static void make_dirs(char *dir)
{
	for (char *slash = strchr(dir + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(dir, 0700);
		*slash = '/';
	}
	(void)mkdir(dir, 0700);
}

static void allow_listening(int rules, const char *socket)
{
	char *dir = dir_of(socket);

	make_dirs(dir);
	landlock_allow(rules, dir, LANDLOCK_READ | LANDLOCK_WRITE);
	free(dir);
}

static int enter_landlock(const struct cage_places *places)
{
	int rules = landlock_open(LANDLOCK_CONNECT);

	if (places->socket != NULL)
		allow_listening(rules, places->socket);
	landlock_allow(rules, places->data_dir, LANDLOCK_READ | LANDLOCK_WRITE);
	for (size_t i = 0; i < COUNT(places->conf_paths); i++)
		if (places->conf_paths[i] != NULL)
			allow_around(rules, places->conf_paths[i]);
	landlock_allow(rules, "/proc/self/exe", LANDLOCK_READ | LANDLOCK_RUN);
	landlock_allow(rules, "/dev/null", LANDLOCK_READ | LANDLOCK_WRITE);
	dl_iterate_phdr(allow_object, &rules);
	allow_names(rules);
	allow_certificates(rules);
#ifdef FEEDD_TEST_HOOKS
	if (getenv("FEEDD_TEST_CLOCK_FILE") != NULL)
		allow_around(rules, getenv("FEEDD_TEST_CLOCK_FILE"));
#endif
	return landlock_enter(rules) ? landlock_abi() : 0;
}

/* ----------------------------------------------------------- system calls ---- */

/* A list of what is allowed would break with every C library; this one only
 * ever grows. */
static const char *const denied[] = {
	"ptrace",
	"process_vm_readv",
	"process_vm_writev",
	"process_madvise",
	"pidfd_getfd",
	"mount",
	"umount",
	"umount2",
	"move_mount",
	"open_tree",
	"fsopen",
	"fsconfig",
	"fsmount",
	"fspick",
	"mount_setattr",
	"pivot_root",
	"chroot",
	"bpf",
	"perf_event_open",
	"kexec_load",
	"kexec_file_load",
	"init_module",
	"finit_module",
	"delete_module",
	"add_key",
	"request_key",
	"keyctl",
	"userfaultfd",
	"io_uring_setup",
	"io_uring_enter",
	"io_uring_register",
	"setns",
	"unshare",
	"swapon",
	"swapoff",
	"reboot",
	"open_by_handle_at",
	"name_to_handle_at",
	"personality",
	"acct",
	"quotactl",
	"settimeofday",
	"clock_settime",
	"adjtimex",
	"clock_adjtime",
	"iopl",
	"ioperm",
	"syslog",
	"vhangup",
};

static const int namespaces[] = { CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER,
	CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWCGROUP };
static const int families[] = { AF_PACKET, AF_ALG, AF_VSOCK };

#define DENY SCMP_ACT_ERRNO(EPERM)
#define FILTER_S 5        /* it takes milliseconds */
#define FILTER_STEPS 4096 /* what the kernel takes at most */

static int deny_arguments(scmp_filter_ctx filter)
{
#if defined(__s390__)
	const unsigned flags_at = 1;
#else
	const unsigned flags_at = 0;
#endif
	int rc = 0;

	for (size_t i = 0; i < COUNT(namespaces) && rc == 0; i++) {
		scmp_datum_t flag = (scmp_datum_t)namespaces[i];
		struct scmp_arg_cmp has = SCMP_CMP64(flags_at, SCMP_CMP_MASKED_EQ, flag, flag);

		rc = seccomp_rule_add_array(filter, DENY, SCMP_SYS(clone), 1, &has);
	}
	for (size_t i = 0; i < COUNT(families) && rc == 0; i++) {
		struct scmp_arg_cmp is = SCMP_A0_32(SCMP_CMP_EQ, (scmp_datum_t)families[i], 0);

		rc = seccomp_rule_add_array(filter, DENY, SCMP_SYS(socket), 1, &is);
	}
	return rc;
}

static bool write_filter(int fd)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int rc = 0;

	if (filter == NULL)
		return false;
	for (size_t i = 0; i < COUNT(denied) && rc == 0; i++) {
		int number = seccomp_syscall_resolve_name(denied[i]);

		if (number != __NR_SCMP_ERROR)
			rc = seccomp_rule_add(filter, DENY, number, 0);
	}
	/* Its flags are out of a filter's sight; every C library has another way. */
	if (rc == 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	return rc == 0 && deny_arguments(filter) == 0 && seccomp_export_bpf(filter, fd) == 0;
}

/* All that comes, until the other end is closed. */
static size_t read_whole(int fd, char *out, size_t room)
{
	size_t length = 0;
	ssize_t got;

	do {
		got = read(fd, out + length, room - length);
		length += got > 0 ? (size_t)got : 0;
	} while (got > 0 || (got < 0 && errno == EINTR));
	return length;
}

/*
 * In a process of its own: where it gets no memory, libseccomp 2.5 crashes, or turns
 * for ever.  What it made comes through a pipe, which holds more than any filter.
 * Bytes of *out; 0 if there is no filter.
 */
static size_t make_filter(struct sock_filter *out, size_t room)
{
	int ends[2], status = 0;
	size_t length;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return 0;
	child = fork();
	if (child == 0) {
		alarm(FILTER_S);
		_exit(!write_filter(ends[1]));
	}
	close(ends[1]);
	length = child > 0 ? read_whole(ends[0], (char *)out, room) : 0;
	close(ends[0]);
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(status))
		mem_is_gone();
	return status == 0 ? length : 0;
}

static bool enter_filter(void)
{
	struct sock_filter steps[FILTER_STEPS];
	struct sock_fprog program = { .filter = steps };

	program.len = (unsigned short)(make_filter(steps, sizeof(steps)) / sizeof(steps[0]));
	return program.len > 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

void main_cage_enter(const struct cage_places *places, struct cage_level *out_level)
{
	*out_level = (struct cage_level){ 0 };
#ifdef FEEDD_SANITIZED
	(void)places;
	(void)enter_landlock;
	(void)enter_filter;
#else
	out_level->landlock_abi = enter_landlock(places);
	out_level->filtered = enter_filter();
#endif
}
