#include "common/nameless.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/mem.h"

/* Of file systems without such files the one says so, others take the directory for
 * what is to be opened. */
static bool is_unknown(int error)
{
	return error == EOPNOTSUPP || error == EISDIR || error == EINVAL;
}

int nameless_open(const char *directory)
{
	int fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	char *name;

	if (fd >= 0 || !is_unknown(errno))
		return fd;
	name = mem_printf("%s/.nameless-XXXXXX", directory);
	fd = mkostemp(name, O_CLOEXEC);
	if (fd >= 0)
		unlink(name);
	free(name);
	return fd;
}
