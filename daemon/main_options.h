#ifndef DAEMON_MAIN_OPTIONS_H
#define DAEMON_MAIN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/log.h"

/* The command line of feedd.  Knows no setting; those are conf.def's. */

enum main_mode {
	MAIN_SERVE,
	MAIN_CHECK,     /* --check-config */
	MAIN_RECOVER,   /* --recover */
	MAIN_SELF_TEST, /* --self-test sandbox */
	MAIN_VERSION,
	MAIN_HELP,
	MAIN_SAMPLE /* --sample-config: what the documentation is made of */
};

/* Strings are argv's. */
struct main_options {
	enum main_mode mode;
	const char *config;   /* or NULL */
	const char *data_dir; /* or NULL */
	const char *socket;   /* or NULL */
	char **overrides;     /* "section.key=value", the caller's to free() */
	size_t override_count;
	bool level_given;
	enum log_level level;
};

/* 0, or -1 when a sentence about it went to standard error. */
int main_options_parse(int argc, char **argv, struct main_options *out_options);
void main_options_help(void);

/*
 * Say what getopt_long() refused, in place of its own words, which would repeat to the
 * terminal what was typed, control characters and all.  answer: what it returned, '?' or
 * ':'; nothing is said for any other.  For a list of short options that begins with ':',
 * and long options whose values are no letters.
 */
void main_options_refuse(int answer, char *const *argv);

#endif
