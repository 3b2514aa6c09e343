#ifndef DAEMON_CONF_H
#define DAEMON_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/log.h"

/*
 * feedd.conf: one table of settings (conf.def), from which struct conf, its
 * checks and the manual's table come.  Known to main, refresh and control;
 * lower layers are given options of their own.
 *
 * The file is INI.  Lists are separated by blanks and grow when their key comes
 * again or goes on indented; of any other key the last one counts.
 */

#define CONF_FOREVER INT64_MAX /* an AGE without end, in milliseconds */

struct conf_span {
	int64_t least_ms, most_ms;
};

struct conf_list {
	char **words;
	size_t count;
};

#define CONF_FIELD_DURATION int64_t
#define CONF_FIELD_AGE int64_t
#define CONF_FIELD_SPAN struct conf_span
#define CONF_FIELD_SIZE size_t
#define CONF_FIELD_COUNT unsigned
#define CONF_FIELD_RATIO double
#define CONF_FIELD_FLAG bool
#define CONF_FIELD_LEVEL enum log_level
#define CONF_FIELD_GROUP char * /* or NULL */
#define CONF_FIELD_PROXY char * /* or NULL */
#define CONF_FIELD_ALLOW struct conf_list

/* Each field is named section_key, with its unit last. */
struct conf {
#define SETTING(section, key, type, field, least, most, preset, help) CONF_FIELD_##type field;
#include "daemon/conf.def"
#undef SETTING
};

enum conf_type {
	CONF_DURATION,
	CONF_AGE,
	CONF_SPAN,
	CONF_SIZE,
	CONF_COUNT,
	CONF_RATIO,
	CONF_FLAG,
	CONF_LEVEL,
	CONF_GROUP,
	CONF_PROXY,
	CONF_ALLOW
};

/* A row of the table, for whoever prints it. */
struct conf_row {
	const char *section, *key;
	enum conf_type type;
	size_t offset; /* of the field in struct conf */
	double least, most;
	const char *preset; /* the default as it would stand in the file */
	const char *help;
};
extern const struct conf_row conf_table[];
extern const size_t conf_count;

/* The least and the most that a number of it may be, as they would stand in the file;
 * false where it is no number. */
struct conf_limit {
	char text[32];
};
bool conf_limits(
	const struct conf_row *row, struct conf_limit *out_least, struct conf_limit *out_most);

/* All settings at their defaults. */
void conf_init(struct conf *out_conf);
void conf_release(struct conf *conf);

/*
 * Defaults, then the file at `path` (NULL: none), then each "section.key=value"
 * of `overrides`, which replaces what the file said (a list as a whole).
 * ERR_USAGE in words that name file, line and key.  A pipe is refused: when the file is
 * read again, it would keep the loop waiting.
 */
int conf_load(const char *path, char *const *overrides, size_t override_count,
	struct conf *out_conf, struct err *err) MUST_USE;
/* Whether it has the form of an override. */
bool conf_is_override(const char *text);

#define CONF_SYSTEM_FILE "/etc/feedd/feedd.conf"

/* XDG's place for the file, whether or not it is there; NULL without a home.  The
 * caller's to free(). */
char *conf_user_file(void);
/* Where the file is without --config: XDG's place, else CONF_SYSTEM_FILE; NULL if
 * neither is there.  The caller's to free(). */
char *conf_find_file(void);

/* One setting by its row.  `grow`: a list keeps what it has.  (conf_value.c) */
int conf_set(struct conf *conf, const struct conf_row *row, const char *value, bool grow,
	struct err *err) MUST_USE;

/* The sample file: every setting with its help and default, as a comment. */
int conf_write_sample(struct buf *out) MUST_USE;

#endif
