#ifndef FETCH_RESOLVE_H
#define FETCH_RESOLVE_H

#include <stddef.h>
#include <uv.h>

#include "common/err.h"
#include "daemon/fetch/address.h"

/*
 * Names to addresses, on threads of its own: getaddrinfo() can't be
 * interrupted, and in a pool that others use a few dead names would stop
 * everything.  A look-up that takes too long is given up; its thread is left
 * behind and comes back when it comes back, at the latest with the process.
 *
 * So threads are kept for names of which more may be hoped: those that were
 * silent the last time get a quarter of them, new ones three quarters at most,
 * and those that were always found can have them all.  However many names are
 * dead, the living ones do not wait for them.
 */
struct resolver;
struct lookup;

enum resolve_hope {
	RESOLVE_SILENT, /* it was not found, or did not answer, the last time */
	RESOLVE_NEW,
	RESOLVE_ASKED, /* a person waits for it */
	RESOLVE_FOUND, /* it was found the last time */
	RESOLVE_HOPES
};

#define RESOLVE_ADDRESSES_MAX 16
#define RESOLVE_THREADS_MAX 16u

/* The addresses in the system's order, or err (ERR_DNS; ERR_BUSY where no thread could be
 * had to ask). */
typedef void resolve_done(
	void *ctx, const struct address *addresses, size_t count, const struct err *err);

struct resolver *resolver_new(uv_loop_t *loop, unsigned threads, uint64_t timeout_ms);
void resolver_threads(struct resolver *resolver, unsigned threads);
/* Cancels all, waits for nobody; frees once libuv has let go. */
void resolver_close(struct resolver *resolver, void (*closed)(void *ctx), void *ctx);

/* `done` comes once, from the loop, never after a cancel. */
struct lookup *resolve_start(struct resolver *resolver, const char *host, enum resolve_hope hope,
	resolve_done *done, void *ctx);
void resolve_cancel(struct lookup *lookup);

/* Look-ups that may last: those of names that were not found before. */
size_t resolver_doubtful(const struct resolver *resolver);

#endif
