#ifndef COMMON_GIVEN_H
#define COMMON_GIVEN_H

#include <stddef.h>

#include "common/err.h"

/*
 * What a person gives to be sent along with a feed's requests.  Sends nothing.
 */

#define GIVEN_HEADERS_MAX ((size_t)64 << 10) /* bytes of all of a feed's, a line each */

/*
 * Whether "Name: value" may be sent along: a name of RFC 9110 5.6.2, a value without
 * controls, and none of what the connection is made of (Host, Content-Length, …) or what
 * feedd says of its own for each request (validators, Range).  ERR_USAGE says
 * what is wrong; it is not sent then.
 */
int given_check_header(const char *line, struct err *err) MUST_USE;
/* Whether it is "user:password" as RFC 7617 has it, either of them empty or not: one without
 * a colon is half of it, or the name of a file.  ERR_USAGE does not repeat it. */
int given_check_auth(const char *auth, struct err *err) MUST_USE;

#endif
