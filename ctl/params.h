#ifndef CTL_PARAMS_H
#define CTL_PARAMS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/json.h"
#include "ctl/args.h"
#include "ctl/input.h"
#include "ctl/when.h"

/*
 * The parameters of a call out of the command line: ages and local times become
 * RFC 3339, numbers are checked, @FILE is read.  What a value means beyond that
 * is the daemon's to know.
 */
struct params {
	const struct args *args;
	int64_t now_s;
	/* Instead of what the line says for it (`-`), or NULL. */
	const char *list_name; /* "items" or "feeds" */
	char *const *list;
	size_t list_count;
	bool part;
	bool bulk;
	/* What feedctl adds by itself. */
	bool full;
	const char *fields; /* blank-separated, or NULL */
	const char *since;  /* instead of --since, or NULL */
	const char *sort;   /* where the line does not say, or NULL */
	const char *text;   /* a piece, base64, or NULL */
	bool no_follow;     /* watch: end at the present */
	uint64_t had;       /* rows of --limit that have come already */
};

/* Whether a value of that option or setting may be @FILE: it may hold a secret. */
bool params_may_be_file(const char *name);

/*
 * The moment that the line means by --NAME, resolved; "" if it is not said.  Said
 * more than once it is any of them: the earliest, of `until` the latest.
 */
int params_time(const struct args *args, const char *name, int64_t now_s, char out[WHEN_MAX],
	struct err *err) MUST_USE;

/* Whether numbers, times and the like can be read, before anything is begun:
 * ERR_USAGE.  Reads no file. */
int params_check(const struct params *params, struct err *err) MUST_USE;

/* The object as JSON, NUL-ended, into out.  ERR_USAGE, ERR_IO. */
int params_build(const struct params *params, struct buf *out, struct err *err) MUST_USE;

#endif
