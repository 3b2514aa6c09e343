#ifndef COMMON_VARLINK_H
#define COMMON_VARLINK_H

#include "common/buf.h"
#include "common/err.h"

/*
 * The description of our interfaces in Varlink's language, generated from the
 * tables of commands, objects and errors: what GetInterfaceDescription answers.
 */

/* Append it.  1; 0 if `interface` is none of ours; -1 at the buffer's limit. */
int varlink_describe(const char *interface, struct buf *out) MUST_USE;

#endif
