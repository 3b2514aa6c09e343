#ifndef DAEMON_MAIN_SELFTEST_H
#define DAEMON_MAIN_SELFTEST_H

#include "daemon/main_options.h"

/*
 * `feedd --self-test sandbox`: tries from inside the daemon's sandbox what an
 * intruder would, and what the daemon has to do, and tells line by line what
 * came of it.  Serves nobody and starts nothing.  Returns the exit code: EX_OK
 * if all was as it should be.
 */
int main_selftest(const struct main_options *options);

#endif
