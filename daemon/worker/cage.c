#include "daemon/worker/cage.h"

#include <errno.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "common/landlock.h"

/* By name: what an architecture or this libseccomp does not know is passed over. */
static const char *const allowed[] = {
	/* the pipes */
	"read",
	"readv",
	"write",
	"writev",
	"close",
	"lseek",
	"_llseek",
	"fstat",
	"fstat64",
	/* memory; what maps code is not among it, see below */
	"brk",
	"munmap",
	"mremap",
	"madvise",
	/* time, of which the kernel counts ours */
	"setitimer",
	"clock_gettime",
	"clock_gettime64",
	"gettimeofday",
	"time",
	/* what the C library does by itself */
	"futex",
	"futex_time64",
	"getrandom",
	"getpid",
	"gettid",
	"restart_syscall",
	"rt_sigaction",
	"rt_sigprocmask",
	"rt_sigreturn",
	"sigreturn",
	"sched_yield",
	"exit",
	"exit_group",
};

/* With PROT_EXEC they end the process. */
static const char *const mapping[] = { "mmap", "mmap2", "mprotect" };

struct refused {
	const char *name;
	unsigned error;
};

/* Landlock forbids the same; a library that finds no file goes on without. */
static const struct refused refused[] = {
	{ "open", EACCES },
	{ "openat", EACCES },
	{ "openat2", EACCES },
	{ "access", EACCES },
	{ "faccessat", EACCES },
	{ "faccessat2", EACCES },
	{ "stat", EACCES },
	{ "lstat", EACCES },
	{ "statx", ENOSYS },
	{ "readlink", EACCES },
	{ "readlinkat", EACCES },
	{ "ioctl", ENOTTY },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static bool is_known(const char *name, int *out_number)
{
	*out_number = seccomp_syscall_resolve_name(name);
	return *out_number != __NR_SCMP_ERROR;
}

static int add_rules(scmp_filter_ctx filter)
{
	struct scmp_arg_cmp no_code = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
	struct scmp_arg_cmp empty_path = SCMP_A3(SCMP_CMP_MASKED_EQ, 0x1000, 0x1000);
	struct scmp_arg_cmp own = SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0);
	int rc = 0, number;

	for (size_t i = 0; i < COUNT(allowed) && rc == 0; i++)
		if (is_known(allowed[i], &number))
			rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0);
	for (size_t i = 0; i < COUNT(mapping) && rc == 0; i++)
		if (is_known(mapping[i], &number))
			rc = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, number, 1, &no_code);
	for (size_t i = 0; i < COUNT(refused) && rc == 0; i++)
		if (is_known(refused[i].name, &number))
			rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(refused[i].error), number, 0);
	/* A newer fstat() is this with AT_EMPTY_PATH; what has a path finds no file. */
	if (rc == 0 && is_known("newfstatat", &number))
		rc = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, number, 1, &empty_path);
	/* abort() is to look like one. */
	if (rc == 0 && is_known("tgkill", &number))
		rc = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, number, 1, &own);
	return rc;
}

bool cage_close(void)
{
	return landlock_enter(landlock_open(LANDLOCK_NO_NET));
}

bool cage_filter(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	bool holds;

	/* Not to be had without seccomp(2), which some filters around us forbid.  A
	 * worker is one thread, so that it comes to the same. */
	if (filter == NULL)
		filter = seccomp_init(SCMP_ACT_KILL_THREAD);
	if (filter == NULL)
		return false;
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	holds = add_rules(filter) == 0 && seccomp_load(filter) == 0;
	seccomp_release(filter);
	return holds;
}
