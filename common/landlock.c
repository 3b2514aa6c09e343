#include "common/landlock.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Newer than the oldest headers that we are built with. */
#define FS_REFER (1ULL << 13)
#define FS_TRUNCATE (1ULL << 14)
#define FS_IOCTL_DEV (1ULL << 15)
#define NET_BIND_TCP (1ULL << 0)
#define NET_CONNECT_TCP (1ULL << 1)
#define SCOPE_ABSTRACT_UNIX (1ULL << 0)
#define SCOPE_SIGNAL (1ULL << 1)

/* The kernel takes a longer one as well, as long as what it does not know is 0. */
struct rules_attr {
	uint64_t fs, net, scoped;
};

#define FS_FIRST ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1) /* all of the first version */
#define FS_OF_FILES                                                                                \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |                              \
		LANDLOCK_ACCESS_FS_READ_FILE | FS_TRUNCATE | FS_IOCTL_DEV)
#define FS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FS_WRITE                                                                                   \
	(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |                           \
		LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |                     \
		LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | FS_REFER |            \
		FS_TRUNCATE)

int landlock_abi(void)
{
	long abi = syscall(
		SYS_landlock_create_ruleset, NULL, (size_t)0, LANDLOCK_CREATE_RULESET_VERSION);

	return abi > 0 ? (int)abi : 0;
}

static uint64_t fs_known(int abi)
{
	uint64_t known = FS_FIRST;

	if (abi >= 2)
		known |= FS_REFER;
	if (abi >= 3)
		known |= FS_TRUNCATE;
	if (abi >= 5)
		known |= FS_IOCTL_DEV;
	return known;
}

int landlock_open(enum landlock_net net)
{
	int abi = landlock_abi();
	struct rules_attr attr = { .fs = fs_known(abi) };

	if (abi == 0)
		return -1;
	if (abi >= 4)
		attr.net = NET_BIND_TCP | (net == LANDLOCK_CONNECT ? 0 : NET_CONNECT_TCP);
	/* Who may connect may also talk to a supervisor's abstract socket. */
	if (abi >= 6)
		attr.scoped = SCOPE_SIGNAL | (net == LANDLOCK_CONNECT ? 0 : SCOPE_ABSTRACT_UNIX);
	return (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
}

void landlock_allow(int rules, const char *path, unsigned grants)
{
	struct landlock_path_beneath_attr beneath = { 0 };
	struct stat st;

	if (rules < 0)
		return;
	beneath.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (beneath.parent_fd < 0)
		return;
	if ((grants & LANDLOCK_READ) != 0)
		beneath.allowed_access |= FS_READ;
	if ((grants & LANDLOCK_RUN) != 0)
		beneath.allowed_access |= LANDLOCK_ACCESS_FS_EXECUTE;
	if ((grants & LANDLOCK_WRITE) != 0)
		beneath.allowed_access |= FS_WRITE;
	beneath.allowed_access &= fs_known(landlock_abi());
	/* A rule that says of a file what only directories have is refused. */
	if (fstat(beneath.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		beneath.allowed_access &= FS_OF_FILES;
	(void)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
	close(beneath.parent_fd);
}

bool landlock_enter(int rules)
{
	bool holds;

	if (rules < 0)
		return false;
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	holds = syscall(SYS_landlock_restrict_self, rules, 0) == 0;
	close(rules);
	return holds;
}
