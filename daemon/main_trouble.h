#ifndef DAEMON_MAIN_TROUBLE_H
#define DAEMON_MAIN_TROUBLE_H

#include "common/err.h"

/*
 * What a failure of the start or of the store is to whoever runs the daemon: words in
 * the log and an exit code.  Knows no part of it.
 */

/* What went wrong and, where it is the store in data_dir that did and there is a cure,
 * that; data_dir NULL: it is another part. */
void main_tell_trouble(const struct err *err, const char *data_dir);

/* The exit code that it stands for (sysexits). */
int main_exit_code(const struct err *err);

#endif
