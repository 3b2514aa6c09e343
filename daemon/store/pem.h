#ifndef STORE_PEM_H
#define STORE_PEM_H

#include "common/err.h"

/*
 * Certificates and private keys as text (RFC 7468).  Knows their form alone: whether
 * they are good, and belong together, is said by who speaks TLS.
 */

enum pem_kind { PEM_CERTIFICATE, PEM_KEY };

/* Whether the text of that name holds one of the kind, each with its end and none with a
 * passphrase; what else stands there is nobody's business.  ERR_USAGE. */
int pem_check(const char *name, const char *text, enum pem_kind kind, struct err *err) MUST_USE;

#endif
