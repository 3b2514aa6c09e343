#ifndef STORE_FUNCTION_H
#define STORE_FUNCTION_H

#include <sqlite3.h>
#include <stdatomic.h>

#include "common/err.h"

/*
 * What SQL asks of us: functions for queries, never for an index, a CHECK or a
 * trigger (the stock shell does not have them).
 *
 *	regexp_match(pattern, text)	POSIX extended, case aside; 1 or 0
 *	article_source(packing, body)	an article's HTML, else its plain text
 *	article_text(packing, body)	its plain text: tags off, entities decoded
 *	…(packing, body, bundled)	the same of one in a bundle
 *	author_names(authors)		of the JSON column, joined by commas
 *	title_key(title)		what titles are sorted by
 *	is_found(set, id)		whether a set that was bound has it (found.h)
 *	id_alias(id)			what it has in common with its other spellings; or NULL
 *	link_hash(url)			by which its story is found (story.h); or NULL
 *	ident_relinked(ident, url)	an ident whose item has this link (ident.h)
 *	ident_named(ident, url)		likewise, and the link is all the id that it has
 *	bare_url(url)			the address without its userinfo; NULL where it has none
 *	url_auth(url)			that userinfo, "user:password"; or NULL
 *
 * All are deterministic and innocuous: they may stand in a view under
 * trusted_schema=OFF.
 *
 * stop: where it points to a flag that is set by then, from whatever thread, the
 * statement ends as one that was interrupted, before the next pattern is tried or
 * the next article unpacked.  Each may take as long as thousands of SQLite's steps, and
 * its own interrupt is forgotten between statements.  NULL: nobody stops it.
 */
#define FUNCTION_FOUND "found" /* the type of such a pointer */

int function_register(sqlite3 *handle, const atomic_bool *const *stop, struct err *err) MUST_USE;

#endif
