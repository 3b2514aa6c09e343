#ifndef CTL_ARGS_H
#define CTL_ARGS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/command.h"
#include "common/err.h"

/*
 * The command line, read by the table of commands.  Options stand anywhere;
 * words find the places that the command has for them.  Knows what may be said,
 * not what it means: values are as typed.
 */

struct arg {
	const struct param *param;
	const char *text; /* of argv, or of args; "" for a flag */
};

struct args {
	const struct command *command; /* `status` where none is named */
	enum command_id id;
	bool named;         /* the command stands on the line */
	const char *family; /* "query" where only that was said (with --help), or NULL */
	struct arg *list;
	size_t count;
	char **rest; /* of --exec: argv's own tail, NULL-ended; or NULL */
	char **made; /* texts that are put together here */
	size_t made_count;
};

/*
 * Read argv[1] and on.  argv lives as long as args.  ERR_USAGE with a sentence
 * that names the nearest thing that there is.  With --help or --version among
 * the words nothing may be missing any more.
 */
int args_parse(int argc, char **argv, struct args *out_args, struct err *err) MUST_USE;
void args_release(struct args *args);

/* The last value said for an option or word, or NULL.  "" for a flag. */
const char *args_value(const struct args *args, const char *name);
bool args_has(const struct args *args, const char *name);

/* Each value in turn: *at begins 0; NULL at the end. */
const char *args_next(const struct args *args, const char *name, size_t *at);

/* Whether a command takes that one of the options of every command: OPML, a dump, a backup
 * are what they are; and links to open are no rows. */
bool args_takes(const struct command *command, const char *global);

/* Whether one of the filters (`--unread`, `--since` …) is said. */
bool args_has_filter(const struct args *args);

#endif
