#ifndef DAEMON_PARSE_H
#define DAEMON_PARSE_H

/*
 * `feedd --parse [--base URL] [--content-type CT] [--raw] FILE|-`: what feedd
 * makes of a document, as JSON Feed 1.1 on standard output; what JSON Feed has
 * no word for is in `_feedd`.  HTML is sanitised unless --raw.
 *
 * argv is the whole command line, argv[0] included.  The result is the exit
 * status: 0; 1 with a sentence on stderr if it is no feed, cannot be read or
 * takes more than three seconds of CPU to understand; 64 for usage.
 */
int parse_main(int argc, char **argv);

#endif
