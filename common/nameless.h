#ifndef COMMON_NAMELESS_H
#define COMMON_NAMELESS_H

/*
 * A file without a name in a directory, for reading and writing and by us alone: it is
 * gone with its descriptor, whatever ends us.  -1 and errno.
 */
int nameless_open(const char *directory);

#endif
