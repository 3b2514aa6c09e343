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

#define CLOSED 7 /* tcpi_state; <linux/tcp.h> names none */

/* RFC 8446 5.1, 5.2: of a record's head the type and the length; one that is encrypted
 * goes for data, and the two bytes of an alert have their type and a tag behind them. */
#define HEAD 5
#define ALERT 21
#define DATA 23
#define ALERT_LENGTH (2 + 1 + 16)

#define DROPS 64 /* bytes; the head of any answer is longer */

/* How much of it the kernel filled in; 0 if it does not say. */
static size_t tcp_info(int fd, struct tcp_info *out_info)
{
	socklen_t length = sizeof(*out_info);

	return getsockopt(fd, IPPROTO_TCP, TCP_INFO, out_info, &length) < 0 ? 0 : length;
}

int64_t kernel_received_bytes(int fd)
{
	const size_t least = offsetof(struct tcp_info, tcpi_bytes_received) + sizeof(uint64_t);
	struct tcp_info info;

	return tcp_info(fd, &info) < least ? -1 : (int64_t)info.tcpi_bytes_received;
}

bool kernel_was_reset(int fd)
{
	struct tcp_info info;

	return tcp_info(fd, &info) != 0 && info.tcpi_state == CLOSED;
}

bool kernel_has_unread(int fd)
{
	int unread;

	return ioctl(fd, FIONREAD, &unread) == 0 && unread > DROPS;
}

uint64_t kernel_cookie(int fd)
{
	uint64_t cookie = 0;
	socklen_t length = sizeof(cookie);

	return getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &length) < 0 ? 0 : cookie;
}

bool kernel_has_alert(int fd)
{
	unsigned char head[HEAD];

	if (recv(fd, head, HEAD, MSG_PEEK | MSG_DONTWAIT) != HEAD)
		return false;
	return head[0] == ALERT || (head[0] == DATA && (head[3] << 8 | head[4]) == ALERT_LENGTH);
}

unsigned kernel_own_port(int fd)
{
	struct sockaddr_in6 own = { .sin6_port = 0 }; /* IPv4 has it at the same place */
	socklen_t length = sizeof(own);

	return getsockname(fd, (struct sockaddr *)&own, &length) < 0 ? 0 : ntohs(own.sin6_port);
}

void kernel_limit_queues(int fd, bool is_near)
{
	const struct queue *queue = is_near ? &near : &far;

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &queue->size, sizeof(int));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &queue->segment, sizeof(int));
}
