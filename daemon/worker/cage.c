#include "daemon/worker/cage.h"

#include <linux/landlock.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What Landlock's first version can forbid; asking for more than a kernel
 * knows would be refused as a whole. */
#define FILE_ACCESS                                                                                \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |                              \
		LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |                       \
		LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |                   \
		LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |                       \
		LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |                       \
		LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |                     \
		LANDLOCK_ACCESS_FS_MAKE_SYM)

void cage_close(void)
{
	struct landlock_ruleset_attr none_allowed = { .handled_access_fs = FILE_ACCESS };
	long ruleset = syscall(SYS_landlock_create_ruleset, &none_allowed, sizeof(none_allowed), 0);

	if (ruleset < 0)
		return;
	/* No rule is added: nothing is allowed. */
	(void)syscall(SYS_landlock_restrict_self, (int)ruleset, 0);
	close((int)ruleset);
}
