#include "common/patient.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <unistd.h>

/* Whether what failed may be tried again, once the descriptor is ready for it. */
static bool await(int fd, short events)
{
	struct pollfd ready = { fd, events, 0 };

	if (errno == EAGAIN)
		return poll(&ready, 1, -1) > 0 || errno == EINTR;
	return errno == EINTR;
}

ssize_t patient_read(int fd, void *data, size_t size)
{
	ssize_t n;

	do
		n = read(fd, data, size);
	while (n < 0 && await(fd, POLLIN));
	return n;
}

int patient_write(int fd, const void *data, size_t length)
{
	const char *at = data;

	while (length > 0) {
		ssize_t n = write(fd, at, length);

		if (n < 0 && !await(fd, POLLOUT))
			return -1;
		if (n > 0) {
			at += n;
			length -= (size_t)n;
		}
	}
	return 0;
}
