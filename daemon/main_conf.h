#ifndef DAEMON_MAIN_CONF_H
#define DAEMON_MAIN_CONF_H

#include <stdbool.h>

#include "daemon/conf.h"
#include "daemon/main_options.h"

/*
 * Which file the configuration is read from, at the start and at each SIGHUP:
 * the one that --config names, else the first that is there now.  What is in it
 * is conf.h's.
 */

#define MAIN_CONF_PLACES 2

/* Where it may be, whether or not it is there: what is to stay readable in the
 * sandbox.  NULL where there is no other. */
void main_conf_places(const struct main_options *options, char *out_paths[MAIN_CONF_PLACES]);
void main_conf_places_free(char *paths[MAIN_CONF_PLACES]);

/* At the start.  *out_path is the file that was read, or NULL where there is none:
 * the caller's to free(). */
int main_conf_load(const struct main_options *options, char **out_path, struct conf *out_conf,
	struct err *err) MUST_USE;

/*
 * Once more.  The file that was read before need not be the one that is there now;
 * *path is replaced by the other; where there is none the command line's settings
 * are taken again.  False if it is bad: then all is as it was.  What came of it is
 * logged.
 */
bool main_conf_again(
	const struct main_options *options, char **path, struct conf *out_conf) MUST_USE;

#endif
