#include "daemon/fetch/kernel.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/* Of what came, which the kernel doubles; and the largest segment that we take. */
struct queue {
	int size, segment;
};
static const struct queue far = { 64 << 10, 1400 };  /* fits any road there is */
static const struct queue near = { 16 << 10, 7500 }; /* no road is long */

#define DROPS 64 /* bytes; the head of any answer is longer */

int64_t received_bytes(int fd)
{
	const size_t least = offsetof(struct tcp_info, tcpi_bytes_received) + sizeof(uint64_t);
	struct tcp_info info;
	socklen_t length = sizeof(info);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) < 0 || length < least)
		return -1;
	return (int64_t)info.tcpi_bytes_received;
}

bool has_unread(int fd)
{
	int unread;

	return ioctl(fd, FIONREAD, &unread) == 0 && unread > DROPS;
}

unsigned own_port(int fd)
{
	struct sockaddr_in6 own = { .sin6_port = 0 }; /* IPv4 has it at the same place */
	socklen_t length = sizeof(own);

	return getsockname(fd, (struct sockaddr *)&own, &length) < 0 ? 0 : ntohs(own.sin6_port);
}

void limit_queues(int fd, bool is_near)
{
	const struct queue *queue = is_near ? &near : &far;

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &queue->size, sizeof(int));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &queue->segment, sizeof(int));
}
