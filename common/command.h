#ifndef COMMON_COMMAND_H
#define COMMON_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "common/err.h"

/*
 * The table of commands (command.def): one row each, from which the daemon
 * dispatches, feedctl parses, helps and completes, and the interface
 * description, the man page's list and the completions are generated.  Both
 * programs check calls with it.  Knows nothing of sockets or output.
 */

enum param_kind {
	PARAM_REQUIRED, /* positional: one word */
	PARAM_OPTIONAL, /* positional: none or one */
	PARAM_MANY,     /* positional: one or more words, or "-" */
	PARAM_ANY,      /* positional: none or more words, or "-" */
	PARAM_REST,     /* --name and all that is left of the line, as it stands */
	PARAM_OPTION,   /* --name VALUE */
	PARAM_LIST,     /* --name VALUE, may be repeated */
	PARAM_FLAG      /* --name */
};

enum param_type {
	TYPE_STRING,
	TYPE_FEED, /* id, URL, title or part of either */
	TYPE_ITEM, /* id, link or guid */
	TYPE_URL,  /* as typed */
	TYPE_TAG,
	TYPE_QUERY,    /* name of a saved query */
	TYPE_COUNT,    /* unsigned integer */
	TYPE_DURATION, /* 90s 15m 1h 2d 1w; on the wire as it stands */
	TYPE_TIME,     /* age, day, time, cursor; on the wire RFC 3339 or cursor */
	TYPE_SORT,
	TYPE_STATE,
	TYPE_ASSIGN, /* key=value, key+=value, key-=value */
	TYPE_FILE,   /* opened by feedctl */
	TYPE_FORMAT,
	TYPE_BOOL
};

/* Where a parameter is understood. */
enum param_scope {
	SCOPE_WIRE,  /* goes to the daemon under its name with _ for - */
	SCOPE_LOCAL, /* feedctl's own: never on the wire */
	SCOPE_CALL   /* only on the wire: feedctl fills it in by itself */
};

enum reply_kind {
	REPLY_NONE,   /* empty parameters (or counts, see the command) */
	REPLY_FEEDS,  /* rows: feed objects, in "feeds" */
	REPLY_ITEMS,  /* rows: item objects, in "items" */
	REPLY_ROWS,   /* rows of the object named, in "rows" */
	REPLY_OBJECT, /* one object: the reply's parameters are its fields */
	REPLY_TEXT    /* pieces of text in "text" */
};

struct param {
	enum param_kind kind;
	enum param_type type;
	enum param_scope scope;
	const char *name; /* "added-since"; positionals have one, too: the wire's */
	const char *meta; /* what stands for the value in help: "T", "FEED" */
	const char *help;
	const char *wire_help; /* where it is another on the wire, else NULL */
};

struct command {
	const char *name;   /* "mark-read", "query add" */
	const char *method; /* "MarkRead", "QueryAdd"; NULL: feedctl alone */
	enum reply_kind reply;
	const char *object; /* name of the reply's object, or NULL */
	bool changes;       /* it changes the store */
	const char *help;   /* a sentence without its full stop */
	const struct param *params;
	size_t param_count;
};

enum command_id {
#define COMMAND(id, name, method, reply, object, changes, help, ...) CMD_##id,
#include "common/command.def"
#undef COMMAND
	COMMANDS
};

extern const struct command command_table[COMMANDS];

/* Options that every command of feedctl has. */
extern const struct param command_globals[];
extern const size_t command_global_count;

/* By name or unambiguous prefix of it ("ref"); two-word names by their first
 * words.  1 and the row; 0 and a suggestion in *out_near (or NULL); -1 if a
 * prefix fits several (then err names them). */
int command_find(const char *name, const struct command **out_command, const char **out_near,
	struct err *err) MUST_USE;
/* By method without the interface: "MarkRead".  NULL if there is none. */
const struct command *command_by_method(const char *method);
/* The parameter of that name ("added-since" or "added_since"), or NULL. */
const struct param *command_param(const struct command *command, const char *name);

#endif
