#ifndef CONTROL_CONTROL_H
#define CONTROL_CONTROL_H

#include <uv.h>

#include "common/err.h"
#include "daemon/conf.h"
#include "daemon/fetch/fetch.h"
#include "daemon/hub.h"
#include "daemon/refresh.h"
#include "daemon/store/store.h"

/*
 * Calls to answers: the Unix socket, who may connect, Varlink sessions, the
 * methods of the command table.  Asks store and refresh; knows no SQL and no
 * HTTP.
 */
struct control;

struct control_parts {
	uv_loop_t *loop;
	struct store *store;
	struct fetcher *fetcher; /* for holds in status */
	struct refresh *refresh;
	struct hub *hub;
	const struct conf *conf;
	const char *data_dir;
	const char *sandbox; /* words for `status` */
	int64_t started_at_s;
};

/*
 * Listen at `path`: its directory is made 0700 where missing and refused where
 * it is not ours or open to others (ERR_UNSAFE); a stale socket is replaced.
 * inherited_fd >= 0: a listening socket from systemd instead.
 */
int control_new(const struct control_parts *parts, const char *path, int inherited_fd,
	struct control **out_control, struct err *err) MUST_USE;
/* New settings: group, clients, limits. */
void control_reconfigure(struct control *control);
/* Stop listening, remove the socket, drop sessions; `closed` on the loop, then
 * it is freed. */
void control_close(struct control *control, void (*closed)(void *ctx), void *ctx);

#endif
