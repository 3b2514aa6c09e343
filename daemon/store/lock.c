#include "daemon/store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "common/mem.h"

int lock_take(const char *data_dir, int *out_fd, struct err *err)
{
	char *path = mem_printf("%s/" STORE_LOCK, data_dir);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600), result = 0;

	if (fd < 0)
		result = err_set_errno(err, err_code_of_path(errno), errno, "%s", path);
	else if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		result = errno == EWOULDBLOCK ? err_set(err, ERR_LOCKED,
							"another feedd is running on %s", data_dir)
					      : err_set_errno(err, ERR_IO, errno, "%s", path);
	free(path);
	if (result == 0)
		*out_fd = fd;
	else if (fd >= 0)
		close(fd);
	return result;
}
