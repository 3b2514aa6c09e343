#ifndef DAEMON_MAIN_CAGE_H
#define DAEMON_MAIN_CAGE_H

#include <stdbool.h>

/*
 * What the daemon itself gives up before it has threads: with landlock(7) all
 * files but its own, the configuration and what names and certificates are
 * looked up in; with seccomp(2) the system calls that only an intruder would
 * make.  What a kernel lacks is left out.  Knows nothing of feeds.
 */

struct cage_places {
	const char *data_dir;
	const char *socket; /* its directory is made where it is missing; or NULL */
	/* Or NULL; all of its directory may be read, also where it is yet to come. */
	char *conf_paths[2];
};

struct cage_level {
	int landlock_abi; /* 0: not in force */
	bool filtered;
};

/* Under a sanitizer, which wants more than we do, nothing happens. */
void main_cage_enter(const struct cage_places *places, struct cage_level *out_level);

#endif
