#ifndef CTL_CTL_H
#define CTL_CTL_H

#include "common/err.h"
#include "ctl/args.h"
#include "ctl/format.h"
#include "ctl/out.h"
#include "ctl/params.h"
#include "ctl/session.h"
#include "ctl/term.h"

/*
 * One run of feedctl, and what the commands share: from the command line to a
 * call, from replies to the output.
 */
struct ctl {
	struct args args;
	struct term term;
	struct out out;
	struct session *session; /* NULL until the first call */
	bool heard;              /* a call was answered: the daemon has room for us */
	bool needs_reader;       /* standard output must have one while answers are waited for */
	bool unfinished;         /* part of it was refused: exit 1, all else done */
	size_t message_max;      /* of the daemon's; 0: not asked yet */
	const char *goes_on;     /* what Ctrl-C says once feedd has the whole call, or NULL */
};

/* A command: 0, or -1 with *err. */
typedef int ctl_run(struct ctl *ctl, struct err *err);

/* Connect, once. */
int ctl_connect(struct ctl *ctl, struct err *err) MUST_USE;

/* Params of this command line, all else zero. */
struct params ctl_params(const struct ctl *ctl);

/* One call of the command's method with these parameters, and its answer. */
int ctl_call(struct ctl *ctl, const struct params *params, unsigned flags,
	const struct listener *listener, void *ctx, struct err *err) MUST_USE;

/* What the daemon says of itself.  Like any first call it waits for a place. */
int ctl_ask_status(
	struct ctl *ctl, const struct listener *listener, void *ctx, struct err *err) MUST_USE;

/* How many bytes of a list or of text fit into one call beside the other parameters.
 * Asks the daemon, once. */
int ctl_room(
	struct ctl *ctl, const struct params *params, size_t *out_bytes, struct err *err) MUST_USE;

/*
 * A call with as many words as there are on the line or, for `-`, on standard
 * input: in parts that fit a message, answered as one.  *out_empty: `-` brought
 * nothing, so nothing was called.
 */
int ctl_call_words(struct ctl *ctl, struct params *params, const char *list_name, unsigned flags,
	const struct listener *listener, void *ctx, bool *out_empty, struct err *err) MUST_USE;

/* The same with words at hand for the list that params name. */
int ctl_call_parts(struct ctl *ctl, struct params *params, const struct words *words,
	unsigned flags, const struct listener *listener, void *ctx, struct err *err) MUST_USE;

/* Whether people are to be told what was done: in a terminal, without --json. */
bool ctl_is_chatty(const struct ctl *ctl);
bool ctl_is_json(const struct ctl *ctl);

/* A printer for rows of that object (common/object.h) in the format that the
 * line asks for.  Released with printer_release() whatever happened. */
int ctl_print_begin(struct ctl *ctl, struct printer *printer, const char *object_name,
	const char *columns, struct err *err) MUST_USE;

/* Listener callbacks whose ctx is the printer. */
int ctl_print_row(void *ctx, const struct wire_row *row, struct err *err);
void ctl_print_look(void *ctx, const struct wire_row *row);

/* Say what a reply's `notes`, `unknown` and `refused` hold; of the latter two
 * anything sets ctl->unfinished. */
void ctl_say_refused(struct ctl *ctl, const struct wire_row *parameters);

/* The commands. */
ctl_run run_listing, run_count, run_change, run_add, run_import, run_refresh, run_show, run_open,
	run_watch, run_push, run_export, run_backup, run_restore, run_status, run_stats,
	run_explain, run_help, run_completion;

#endif
