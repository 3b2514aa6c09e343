#ifndef DAEMON_PARSE_H
#define DAEMON_PARSE_H

#include <stdbool.h>

/*
 * `feedd --parse [--base URL] [--content-type CT] [--raw] FILE|-`: what feedd
 * makes of a document, as JSON Feed 1.1 on standard output; what JSON Feed has
 * no word for is in `_feedd`.  HTML is sanitised unless --raw.
 *
 * argv, here and there, is the whole command line, argv[0] included.  The result is the exit
 * status: 0; 1 with a sentence on stderr if it is no feed, cannot be read or
 * takes more than three seconds of CPU to understand; 64 for usage; 74 if the output
 * can't be written.
 */
int parse_main(int argc, char **argv);

/* Whether --parse is said, before or behind its own options. */
bool parse_is_wanted(int argc, char *const *argv);

#endif
