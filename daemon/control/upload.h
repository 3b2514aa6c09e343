#ifndef CONTROL_UPLOAD_H
#define CONTROL_UPLOAD_H

#include "common/err.h"
#include "daemon/control/call.h"

/*
 * What does not fit one message: a document's text in pieces (base64), ids by
 * the hundred thousand.  The calls of one method with `part` gather on their
 * connection; the last one, without it, takes effect for all.
 */
struct upload;

/* The most words that one call may gather, and what they may cost. */
#define UPLOAD_WORDS_MAX 2000000u
#define UPLOAD_WORD_BYTES_MAX ((size_t)128 << 20)

/*
 * Look at a call that may come in parts.  1: it is whole, all that was
 * gathered stands in call->document (in the file call->database, if Import is
 * given a database), in the list of its words and in the other parameters; 0: it
 * was a part, answer it empty; -1: ERR_TOO_BIG, ERR_BUSY, ERR_NO_SPACE, ERR_SYNTAX, ERR_USAGE,
 * and what was gathered is dropped: the parts behind this one are refused likewise, up
 * to the last, whatever they bring.
 */
int upload_take(struct call *call, const struct wire_call *wire, struct err *err) MUST_USE;
/* A call that was refused before it began, for what words name: where it was a part,
 * what was gathered with it is dropped as well. */
void upload_spoil(struct session *session, const struct command *command,
	const struct wire_call *wire, const char *words);
/* The client has left: what was gathered for a call that would but tell him something is
 * dropped, for its last part is not begun. */
void upload_leave(struct session *session);
void upload_free(struct upload *upload);

/* What a call was given counts among what all calls together may hold, until it is over
 * or, if that is before, its document is freed. */
void upload_spent(struct call *call);

#endif
