#ifndef FEED_CHARSET_H
#define FEED_CHARSET_H

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"
#include "common/err.h"
#include "daemon/feed/build.h"
#include "daemon/feed/feed.h"

/*
 * Bytes to UTF-8, whatever they claim to be.  Knows the labels of the WHATWG
 * Encoding Standard and the lies that are usual in feeds; knows nothing of
 * elements, but for the XML declaration and HTML's meta charset.
 *
 * A byte order mark counts most, then the charset of Content-Type, then the
 * XML declaration (or <meta charset>), then UTF-8.  A claim that the bytes
 * contradict gives way to the next one that they fit, and that is noted as a
 * problem.  What is declared nowhere and is not UTF-8 is guessed.  A name that we do
 * not know counts for nothing.
 */

/*
 * Append the whole body as valid UTF-8, without a byte order mark, to
 * *out_utf8, whose limit is the caller's.  *out_name becomes the encoding's
 * WHATWG name ("windows-1252"; static).  is_xml: look for an XML declaration;
 * it stays in the text as it was, so the parser must be told "UTF-8".
 * problems_to may be NULL.
 *
 * A byte that means nothing in the encoding becomes U+FFFD and a problem.
 * ERR_ENCODING for what is refused (UTF-7, EBCDIC, …), ERR_TOO_BIG at the
 * buffer's limit; the buffer is then as it was.
 */
int charset_decode(struct feed_charsets *charsets, const struct feed_source *source, bool is_xml,
	struct buf *out_utf8, const char **out_name, struct build *problems_to,
	struct err *err) MUST_USE;

/*
 * Whether the body is UTF-8 already and nothing says otherwise, as most are:
 * then it need not be decoded, which would copy it.  *out_at is where the text
 * begins, behind a byte order mark.
 */
bool charset_is_plain(const struct feed_source *source, bool is_xml, size_t *out_at);

/* Whether some declaration of XML has a name that we do not know. */
bool charset_is_unknown(const struct feed_source *source);

/*
 * Of XML that was decoded from the encoding `name`: ERR_ENCODING, with the name that was
 * declared, where that is one nobody knows and `name` is no more than a guess, which any
 * other would be as well.
 */
int charset_check_guess(
	const struct feed_source *source, const char *name, struct err *err) MUST_USE;

/*
 * Whether a C1 control that stands for a character of windows-1252 begins there
 * (two bytes of valid UTF-8): somebody took a text for ISO-8859-1, or wrote
 * &#146;.  Decoded texts have what was meant in its place, so this is for
 * references; utf8_of_control() has the character.  U+009B is none: it is what
 * terminals obey, and what it would stand for is hardly ever meant.
 */
bool charset_is_control(const char *text);

/*
 * The WHATWG name of a label, case and blanks around it aside ("Latin1" is
 * "windows-1252"); NULL for one we do not know or refuse.  Static.
 */
const char *charset_name(const char *label, size_t length);

#endif
