#include "daemon/fetch/asking.h"

#include <errno.h>
#include <sys/socket.h>

#define CLOSING_NS 1000000000ull /* behind an answer; who closes then meant to do so */

/*
 * Whether what libcurl sends there now reaches nobody: its other side ended it while it
 * rested (of a reset libcurl knows nothing), or we do.  For what came behind the last answer
 * would be taken for that to the next request, be it another feed's.  (RFC 9112, 9.2.)
 */
static bool is_dead(int fd, const struct multi_use *use)
{
	char byte;
	ssize_t n = fd >= 0 ? recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) : -1;

	if (n > 0 && use->last_ns != 0 && !use->framed)
		return shutdown(fd, SHUT_RDWR) == 0;
	return n == 0 || (n < 0 && fd >= 0 && errno != EAGAIN && errno != EINTR);
}

/*
 * Whoever closes a kept connection behind an answer without a word, and the next request
 * is just on its way there, resets it: what would have read that was gone.  (RFC 9112,
 * 9.3.1.)  Later it is a reset of somebody who had read it.
 */
static bool reached_nobody(const struct asking *asking, const struct multi *multi, int fd)
{
	return !asking->again && asking->answered_ns != 0 &&
	       uv_hrtime() - asking->answered_ns <= CLOSING_NS &&
	       multi_was_reset(multi, fd, asking->turn);
}

void asking_begin(struct asking *asking)
{
	asking->asked = asking->again = false;
}

void asking_leaves(struct asking *asking, const struct multi *multi, int fd)
{
	struct multi_use use = multi_socket_used(multi, fd);

	asking->asked = !is_dead(fd, &use);
	asking->worn |= !asking->asked;
	asking->turn = multi_turn(multi);
	asking->answered_ns = use.last_ns;
}

bool asking_is_over(struct asking *asking, const struct multi *multi, int fd)
{
	if (!asking->asked)
		return false;
	asking->worn = true;
	if (!reached_nobody(asking, multi, fd))
		return true;
	asking->again = true;
	asking->asked = false;
	return false;
}
