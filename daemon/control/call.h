#ifndef CONTROL_CALL_H
#define CONTROL_CALL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/command.h"
#include "common/err.h"
#include "common/json.h"
#include "common/wire.h"
#include "daemon/control/control.h"
#include "daemon/control/session.h"
#include "daemon/store/store.h"

/*
 * One call under way, as its handler sees it: checked parameters in, replies
 * out.  A handler is cmd_ID() for the row ID of the command table; it starts
 * something and returns, and from the callbacks ends the call exactly once,
 * with call_end() or call_fail().
 *
 *	  handler --read, task--> callback --reply, continue--> … --> end
 *	     |                        |
 *	     +--- client leaves: read, task are cancelled, all is released --+
 *	     +--- while `committed`: the callback still comes, its replies vanish
 *
 * What can be cancelled stands in `read` or `task`, which the callback clears
 * first (call_read_failed(), call_task_failed()).  What can't (a job of the writing
 * thread) sets `committed`; its callback clears it (call_commit_failed()), and may go
 * on as if the client were there.
 */
struct making;
struct pager;

struct call {
	struct control *control;
	struct session *session; /* NULL: the client has left */
	const struct control_parts *parts;
	const struct command *command;
	json_t *parameters;
	bool more, oneway;

	struct store_read_job *read;
	struct refresh_task *task;
	bool acts; /* it does more than answer: done to its end, though the client leaves */
	bool committed;
	bool only_reads; /* see call_only_reads() */

	void *state; /* the handler's own */

	struct buf document;  /* of a call in parts: all of "text" */
	size_t gathered;      /* of that, as upload.c counts it */
	int database;         /* or this, for Import of a database: a file; -1: none */
	struct json_writer w; /* into `out`, between call_reply() and its end */
	struct buf out;
	void (*ready)(struct call *call);  /* waits for the client to read */
	void (*parted)(struct call *call); /* or NULL; the client sends nothing more */
	struct making *making;             /* a filter under way (choose.c) */
	struct pager *pager;               /* a listing under way (pager.c) */
	struct fetched_rows *fetched;      /* the page of feeds read last (fetched.c) */
	void **kept;                       /* memory that lives as long as the call */
	size_t kept_count;
	struct call_end_hook *hooks;
	size_t hook_count;
	const char **refused; /* sentences of what was not done, for the last reply */
	size_t refused_count;
	int64_t *changing; /* feeds, for call_told_feeds() */
	size_t changing_count;
	struct call *next_left; /* of calls whose client has left */
};

/* The most that a page of rows should hold before it goes out, in bytes: with a row more
 * than that its memory, which doubles, is half a megabyte. */
#define CALL_PAGE_BYTES ((size_t)496 << 10)

typedef void call_handler(struct call *call);
#define COMMAND(id, name, method, reply, object, changes, help, ...) call_handler cmd_##id;
#include "common/command.def"
#undef COMMAND

/* Parse a message and begin what it asks for.  0; -1 if the stream can't go on,
 * with the error to tell before closing. */
int call_start(
	struct session *session, const char *message, size_t length, struct err *err) MUST_USE;
/* The client has left.  The call frees itself, now or when what it has
 * committed is done. */
void call_leave(struct call *call);
/* The client has read: what waits for it goes on. */
void call_drained(struct call *call);
/* Whether all that calls of it do is to answer. */
bool call_only_answers(const struct command *command);
/* Whether a page of its rows is being made or waits to be. */
bool call_goes_on(const struct call *call);

/* --------------------------------------------------------- replies ---- */

/* Begin a reply; what is written goes into the object of its parameters. */
struct json_writer *call_reply(struct call *call);
/* Send it; more will follow.  Without `more` in the call: a mistake of ours. */
void call_continue(struct call *call);
/* Send it as the last one.  The call is gone afterwards. */
void call_end(struct call *call);
/* End with an empty reply. */
void call_end_empty(struct call *call);
/* End with an error, what was begun of a reply is dropped. */
void call_fail(struct call *call, const struct err *err);
void call_fail_as(struct call *call, enum wire_error error, const struct err *err,
	const char *const *details, size_t detail_count, const char *links);
/* End with an error made of the words: `return call_refuse(…)`. */
void call_refuse(struct call *call, enum err_code code, const char *format, ...) PRINTF_LIKE(3, 4);
/* First in the callback of what the call has waited for: it is over.  True where it
 * failed, and the call has ended with that. */
bool call_read_failed(struct call *call, const struct err *err) MUST_USE;
bool call_task_failed(struct call *call, const struct err *err) MUST_USE;
bool call_commit_failed(struct call *call, const struct err *err) MUST_USE;
/* Before a read of a call that changes something, where that may take long: nothing is
 * changed yet, so who leaves meanwhile ends it, unless it is oneway.  False where the
 * client has left, and the call has ended.  Until `committed` is set by call_commits(). */
bool call_only_reads(struct call *call) MUST_USE;
void call_commits(struct call *call);
/* End with a number alone, under the name of the command's object: "changed", "removed". */
void call_end_counted(struct call *call, uint64_t count);
/* Callbacks of a change, whose ctx is the call: watchers are told of it (see below), and
 * the answer is how much it changed. */
store_changed call_changed_items, call_changed_feeds;
/* Around the rows of a short listing, which comes as one page; the second is the callback
 * of its read, whose ctx is the call. */
void call_begin_rows(struct call *call);
store_page_done call_end_rows;
/* Whether the client reads about as fast as it is told: work ahead for it is worth its
 * memory. */
bool call_keeps_up(const struct call *call);
/* Whether others leave so much unread that replies had better be short. */
bool call_is_crowded(const struct call *call);
/* Call `ready` as soon as the client has read enough; maybe now. */
void call_when_drained(struct call *call, void (*ready)(struct call *call));

/* ------------------------------------------------------- parameters ---- */

/* call_params.c, of the wire's names.  Absent: NULL, false, `absent`, no words. */
const char *call_text(const struct call *call, const char *name);
bool call_flag(const struct call *call, const char *name);
bool call_has(const struct call *call, const char *name);
uint64_t call_count(const struct call *call, const char *name, uint64_t absent);
/* NULL-ended; numbers as their digits.  Lives as long as the call. */
const char *const *call_words(struct call *call, const char *name, size_t *out_count);
/* RFC 3339 into *out_s, or a cursor into *out_seq; both stay where it is
 * absent.  ERR_USAGE names the parameter. */
int call_time(const struct call *call, const char *name, int64_t *out_s, uint64_t *out_seq,
	struct err *err) MUST_USE;

/* These feeds are about to be changed: call_told_feeds() then has those of them that wait
 * for a look claimed anew. */
void call_changes(struct call *call, const int64_t *ids, size_t count);

/* Zeroed memory that lives as long as the call. */
void *call_keep(struct call *call, size_t count, size_t size);
/* When the call is over, however: release(what), the last one first, while
 * memory of call_keep() is still there. */
void call_at_end(struct call *call, void (*release)(void *what), void *what);

/* By what rows of feeds are told from now on; lives as long as the call. */
struct rows_moment;
const struct rows_moment *call_moment(struct call *call);

/* ------------------------------------------------------------ after ---- */

/* What the handler changed: tells the hub, which wakes watchers. */
void call_told_items(struct call *call, uint64_t seq);
/* Subscriptions, too: the schedule and the OPML copy follow. */
void call_told_feeds(struct call *call);

#endif
