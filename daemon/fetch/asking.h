#ifndef FETCH_ASKING_H
#define FETCH_ASKING_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/fetch/multi.h"

/*
 * That a request reaches its server once.  libcurl asks anew by itself where a kept
 * connection ended before the answer began, or a stream was refused; it may do so only
 * where nobody can have read the request:
 *
 *	- the connection had ended before the request left, or is ended here, because
 *	  something came behind its last answer that would be taken for the next one;
 *	- it was reset within a second of its last answer, once.
 */
struct asking {
	bool asked;           /* the request has left, and somebody may have read it */
	bool again;           /* it left once more */
	bool worn;            /* libcurl has asked anew with the handle, and counts that */
	uint64_t turn;        /* multi_turn(), in which it left */
	uint64_t answered_ns; /* the connection's last answer, by uv_hrtime(); 0: none */
};

/* Another request; the handle is as worn as it was. */
void asking_begin(struct asking *asking);
/* It is about to leave by that connection. */
void asking_leaves(struct asking *asking, const struct multi *multi, int fd);
/* libcurl is about to send it, or to connect for that: whether it must not, for it left
 * by that connection already. */
bool asking_is_over(struct asking *asking, const struct multi *multi, int fd);

#endif
