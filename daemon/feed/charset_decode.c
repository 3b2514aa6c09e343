#include "daemon/feed/charset.h"

#include <string.h>
#include <strings.h>

#include "common/utf8.h"
#include "daemon/feed/charset_priv.h"

/*
 * Which encoding it is.  Each stage below either knows, or passes on:
 *
 *	a byte order mark, or the zeros of UTF-16 and UTF-32
 *	valid UTF-8, whatever is declared, unless that may be chance
 *	UTF-8 with hardly a bad byte
 *	what is declared, in order, if the bytes mean something in it
 *	UTF-8 with bytes that are none between, as long as it is no chance
 *	a guess
 */

/* So many characters of UTF-8 for each bad byte are hardly chance in any other
 * encoding: see is_utf8(). */
#define MOSTLY_UTF8 16

/* So few bad bytes are damage where UTF-8 is declared and any of it is there. */
#define BAD_BYTES_FEW 3

/* One decoding: what came out of it, and how well it went. */
struct attempt {
	enum charset charset;
	struct charset_damage damage;
};

struct decoding {
	struct feed_charsets *charsets;
	const char *bytes; /* behind the byte order mark */
	size_t length;
	struct buf *out;
	size_t start; /* of what we write in out */
	struct charset_claim claims[CHARSET_CLAIMS_MAX];
	size_t claim_count;
	bool is_ascii;
};

static int too_big(const struct decoding *d, struct err *err)
{
	return err_set(err, ERR_TOO_BIG, "more than %zu bytes of text", d->out->max);
}

static int attempt(
	struct decoding *d, enum charset charset, struct attempt *out_attempt, struct err *err)
{
	buf_cut(d->out, d->start);
	out_attempt->charset = charset;
	if (charset_convert(
		    d->charsets, charset, d->bytes, d->length, d->out, &out_attempt->damage) == 0)
		return 0;
	buf_cut(d->out, d->start);
	return too_big(d, err);
}

/* Bytes that are known to be UTF-8 are only copied. */
static int copy_valid(
	struct decoding *d, enum charset name, struct attempt *out_attempt, struct err *err)
{
	memset(out_attempt, 0, sizeof(*out_attempt));
	out_attempt->charset = name;
	buf_cut(d->out, d->start);
	return buf_add(d->out, d->bytes, d->length) < 0 ? too_big(d, err) : 0;
}

static enum charset_kind kind_of(enum charset charset)
{
	return charset_rows[charset].kind;
}

static bool is_unicode(enum charset charset)
{
	return kind_of(charset) == CHARSET_KIND_UTF_8 || kind_of(charset) == CHARSET_KIND_UTF_16 ||
	       kind_of(charset) == CHARSET_KIND_UTF_32;
}

/* The claim that counts most, or NULL. */
static const struct charset_claim *first_claim(const struct decoding *d)
{
	size_t i;

	for (i = 0; i < d->claim_count; i++)
		if (charset_is_narrow(&d->claims[i]))
			return &d->claims[i];
	return NULL;
}

static bool claims_utf8(const struct decoding *d)
{
	size_t i;

	for (i = 0; i < d->claim_count; i++)
		if (d->claims[i].charset == CHARSET_UTF_8)
			return true;
	return false;
}

/*
 * ISO 8859 has controls from 0x80 to 0x9F, which nobody means: then it is the
 * Windows encoding of the same script.
 */
static enum charset windows_twin(enum charset charset)
{
	static const enum charset twins[][2] = {
		{ CHARSET_ISO_8859_2, CHARSET_WINDOWS_1250 },
		{ CHARSET_ISO_8859_4, CHARSET_WINDOWS_1257 },
		{ CHARSET_ISO_8859_5, CHARSET_WINDOWS_1251 },
		{ CHARSET_ISO_8859_6, CHARSET_WINDOWS_1256 },
		{ CHARSET_ISO_8859_7, CHARSET_WINDOWS_1253 },
		{ CHARSET_ISO_8859_8, CHARSET_WINDOWS_1255 },
		{ CHARSET_ISO_8859_8_I, CHARSET_WINDOWS_1255 },
		{ CHARSET_ISO_8859_13, CHARSET_WINDOWS_1257 },
		{ CHARSET_ISO_8859_15, CHARSET_WINDOWS_1252 },
	};
	size_t i;

	for (i = 0; i < sizeof(twins) / sizeof(twins[0]); i++)
		if (twins[i][0] == charset)
			return twins[i][1];
	return CHARSETS;
}

static int attempt_twin(struct decoding *d, struct attempt *inout, struct err *err)
{
	enum charset twin = windows_twin(inout->charset);
	struct attempt first = *inout;

	if (first.damage.controls == 0 || twin == CHARSETS)
		return 0;
	if (attempt(d, twin, inout, err) < 0)
		return -1;
	if (inout->damage.count + inout->damage.controls <
		first.damage.count + first.damage.controls)
		return 0;
	return attempt(d, first.charset, inout, err);
}

/* ---- valid UTF-8 --------------------------------------------------------- */

/*
 * How many characters of several bytes it takes until valid UTF-8 is no chance
 * in a text that claims to be `charset`.  "Ã©" is never meant; two letters of
 * Cyrillic or a Chinese character can look like one of UTF-8.
 */
static size_t proof_of_utf8(enum charset charset)
{
	if (charset == CHARSET_WINDOWS_1252)
		return 1;
	return kind_of(charset) == CHARSET_KIND_BYTE ? 4 : 8;
}

/* Whether what reads as UTF-8 is no chance, whatever is declared.  "É®" proves nothing,
 * nor do the same two characters of Chinese, however often they stand there. */
static bool is_utf8(const struct decoding *d, const struct charset_survey *survey)
{
	const struct charset_claim *claim = first_claim(d);

	if (claim == NULL || claims_utf8(d))
		return true;
	if (survey->sequences < proof_of_utf8(claim->charset))
		return false;
	return kind_of(claim->charset) == CHARSET_KIND_BYTE
		       ? survey->proof > 0
		       : charset_is_varied(d->bytes, d->length);
}

/* Escapes of ISO-2022-JP and HZ are plain ASCII, so they are valid UTF-8. */
static bool has_escapes(const struct decoding *d)
{
	return memchr(d->bytes, '\x1B', d->length) != NULL ||
	       memmem(d->bytes, d->length, "~{", 2) != NULL;
}

static int decode_valid(struct decoding *d, struct attempt *out, struct err *err)
{
	const struct charset_claim *claim = first_claim(d);
	struct charset_survey survey;

	if (claim == NULL || claim->charset == CHARSET_UTF_8)
		return copy_valid(d, CHARSET_UTF_8, out, err);
	if (kind_of(claim->charset) == CHARSET_KIND_ESCAPED && has_escapes(d))
		return attempt(d, claim->charset, out, err);
	survey = charset_survey(d->bytes, d->length);
	if (survey.sequences == 0) {
		/* ASCII: any claim is as true as another. */
		d->is_ascii = true;
		return copy_valid(d, claim->charset, out, err);
	}
	if (is_utf8(d, &survey))
		return copy_valid(d, CHARSET_UTF_8, out, err);
	if (attempt(d, claim->charset, out, err) < 0 || attempt_twin(d, out, err) < 0)
		return -1;
	return out->damage.count == 0 ? 0 : copy_valid(d, CHARSET_UTF_8, out, err);
}

/* ---- anything else ------------------------------------------------------- */

/* Two encodings of one byte a character both fit: let the bytes decide. */
static enum charset settle(const struct decoding *d, enum charset wanted, size_t from)
{
	enum charset guess = CHARSETS;
	size_t i;

	for (i = from; i < d->claim_count; i++) {
		if (!charset_is_narrow(&d->claims[i]) || d->claims[i].charset == wanted)
			continue;
		if (guess == CHARSETS)
			guess = charset_guess(d->bytes, d->length);
		if (d->claims[i].charset == guess)
			return guess;
	}
	return wanted;
}

/* Whether every byte means something in it but words of other scripts. */
static bool is_latin(enum charset charset)
{
	return charset == CHARSET_WINDOWS_1250 || charset == CHARSET_WINDOWS_1252 ||
	       charset == CHARSET_WINDOWS_1254 || charset == CHARSET_ISO_8859_2 ||
	       charset == CHARSET_ISO_8859_15;
}

/* What a claim of one byte a character turns out to mean, by the text. */
static enum charset reconsider(const struct decoding *d, enum charset said)
{
	bool has_words = is_latin(said) && charset_has_words(d->bytes, d->length);
	enum charset found;

	if (!has_words && !charset_is_cyrillic(said))
		return said;
	found = charset_cyrillic(d->charsets, said, d->bytes, d->length);
	if (found == said && has_words)
		found = charset_guess(d->bytes, d->length);
	return found != CHARSETS ? found : said;
}

static int attempt_claim(
	struct decoding *d, enum charset charset, struct attempt *out, struct err *err)
{
	enum charset other = kind_of(charset) == CHARSET_KIND_BYTE ? reconsider(d, charset)
								   : charset;

	if (attempt(d, other, out, err) < 0)
		return -1;
	return other == charset || out->damage.count == 0 ? 0 : attempt(d, charset, out, err);
}

/*
 * The first claim in which every byte means something; else the least damaged
 * one.  1 if there is any claim but UTF-8.
 */
static int attempt_claims(struct decoding *d, struct attempt *out, struct err *err)
{
	struct attempt best = { CHARSETS, { 0, 0, 0 } };
	size_t i;

	for (i = 0; i < d->claim_count; i++) {
		enum charset charset = d->claims[i].charset;

		if (!charset_is_narrow(&d->claims[i]) || charset == CHARSET_UTF_8 ||
			charset == CHARSET_REFUSED)
			continue;
		if (kind_of(charset) == CHARSET_KIND_BYTE)
			charset = settle(d, charset, i + 1);
		if (attempt_claim(d, charset, out, err) < 0)
			return -1;
		if (out->damage.count == 0)
			return attempt_twin(d, out, err) < 0 ? -1 : 1;
		if (best.charset == CHARSETS || out->damage.count < best.damage.count)
			best = *out;
	}
	if (best.charset == CHARSETS)
		return 0;
	if (best.charset != out->charset && attempt(d, best.charset, out, err) < 0)
		return -1;
	return 1;
}

static int attempt_mixed(struct decoding *d, const struct charset_survey *survey, bool is_trusted,
	struct attempt *out, struct err *err)
{
	/* In a text that was encoded twice what is none was lost. */
	if (attempt(d, CHARSET_UTF_8, out, err) < 0)
		return -1;
	if (charset_is_twice(d->out->data + d->start, d->out->length - d->start))
		return 0;
	buf_cut(d->out, d->start);
	if (charset_convert_mixed(survey, is_trusted, d->bytes, d->length, d->out, &out->damage) ==
		0)
		return 0;
	buf_cut(d->out, d->start);
	return too_big(d, err);
}

/* Nothing is declared that the bytes would fit. */
static int attempt_guess(struct decoding *d, const struct charset_survey *survey,
	struct attempt *out, struct err *err)
{
	enum charset guess = charset_guess(d->bytes, d->length);

	if (guess != CHARSETS && guess != CHARSET_WINDOWS_1252) {
		if (attempt(d, guess, out, err) < 0 || attempt_twin(d, out, err) < 0)
			return -1;
		if (out->damage.count == 0)
			return 0;
	}
	return survey->telling > 0 ? attempt_mixed(d, survey, false, out, err)
				   : attempt(d, CHARSET_WINDOWS_1252, out, err);
}

static int decode_invalid(struct decoding *d, struct attempt *out, struct err *err)
{
	struct charset_survey survey = charset_survey(d->bytes, d->length);
	int claimed;

	if (survey.sequences >= MOSTLY_UTF8 * (survey.invalid + 1) && is_utf8(d, &survey))
		return attempt_mixed(d, &survey, true, out, err);
	claimed = attempt_claims(d, out, err);
	if (claimed < 0)
		return -1;
	if (claimed == 1 && (out->damage.count == 0 || out->damage.count <= survey.invalid))
		return 0;
	if (survey.sequences > survey.invalid ||
		(survey.sequences > 0 && survey.invalid <= BAD_BYTES_FEW && claims_utf8(d)))
		return attempt_mixed(d, &survey, true, out, err);
	if (claimed == 1 && out->damage.count <= d->length / 100)
		return 0;
	if (charset_is_mixed(&survey))
		return attempt_mixed(d, &survey, false, out, err);
	return attempt_guess(d, &survey, out, err);
}

/* ---- telling ------------------------------------------------------------- */

static bool is_label(const struct charset_claim *claim, const char *text)
{
	return claim->label_length == strlen(text) &&
	       strncasecmp(claim->label, text, claim->label_length) == 0;
}

/* "utf-16" on text of eight bits, or what the decoding did not follow. */
static bool is_contradicted(
	const struct decoding *d, const struct charset_claim *claim, enum charset charset)
{
	if (claim->charset == charset || (d->is_ascii && charset_is_narrow(claim)))
		return false;
	/* The label leaves the byte order to the mark. */
	if (kind_of(charset) == CHARSET_KIND_UTF_16)
		return !is_label(claim, "utf-16");
	if (kind_of(charset) == CHARSET_KIND_UTF_32)
		return !is_label(claim, "utf-32");
	return true;
}

static void tell_claims(const struct decoding *d, enum charset charset, struct build *problems_to)
{
	size_t i;

	for (i = 0; i < d->claim_count; i++) {
		const struct charset_claim *claim = &d->claims[i];
		size_t shown = utf8_cut(
			claim->label, claim->label_length < 40 ? claim->label_length : 40);

		if (is_contradicted(d, claim, charset) && utf8_valid(claim->label, shown))
			build_problem(problems_to, 0, 0, "%s says \"%.*s\", but the bytes are %s",
				claim->where, (int)shown, claim->label, charset_rows[charset].name);
	}
}

static void tell_damage(
	const struct decoding *d, const struct attempt *made, struct build *problems_to)
{
	const char *at = d->out->data + d->start;
	const char *bad = d->out->data + made->damage.first;
	const char *end;
	uint32_t line = 1, column = 1;

	while ((end = memchr(at, '\n', (size_t)(bad - at))) != NULL) {
		at = end + 1;
		line++;
	}
	for (; at < bad; at++)
		column += ((unsigned char)*at & 0xC0) != 0x80;
	build_problem(problems_to, line, column, "%zu %s no character in %s; the first stands here",
		made->damage.count, made->damage.count == 1 ? "byte is" : "bytes are",
		charset_rows[made->charset].name);
}

/* A mark that was kept, a second one, or one that another encoding made. */
static void drop_marks(struct decoding *d)
{
	char *text = d->out->data + d->start;
	size_t length = d->out->length - d->start, n = 0;

	while (length - n >= 3 && memcmp(text + n, "\xEF\xBB\xBF", 3) == 0)
		n += 3;
	if (n == 0)
		return;
	memmove(text, text + n, length - n);
	buf_cut(d->out, d->out->length - n);
}

static int decode_unmarked(struct decoding *d, struct attempt *out, struct err *err)
{
	enum charset pattern = charset_of_pattern(d->bytes, d->length);
	const struct charset_claim *claim = first_claim(d);

	if (pattern == CHARSET_REFUSED)
		return err_set(
			err, ERR_ENCODING, "the bytes are EBCDIC, which feedd does not read");
	if (pattern != CHARSETS)
		return attempt(d, pattern, out, err);
	if (claim != NULL && claim->charset == CHARSET_REFUSED)
		return charset_refuse(claim, err);
	return utf8_valid(d->bytes, d->length) ? decode_valid(d, out, err)
					       : decode_invalid(d, out, err);
}

bool charset_is_plain(const struct feed_source *source, bool is_xml, size_t *out_at)
{
	struct charset_claim claims[CHARSET_CLAIMS_MAX];
	size_t count, i;
	enum charset mark = charset_of_mark(source->body, source->length, out_at);
	const char *text = source->body + *out_at;
	size_t length = source->length - *out_at;

	if (mark == CHARSETS ? charset_of_pattern(text, length) != CHARSETS : mark != CHARSET_UTF_8)
		return false;
	if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
		return false;
	count = charset_claims(source, is_xml, claims);
	for (i = 0; i < count; i++)
		if (claims[i].charset != CHARSET_UTF_8)
			return false;
	return length != 0 && utf8_valid(text, length) && !charset_has_twice(text, length) &&
	       !charset_has_controls(text, length);
}

int charset_decode(struct feed_charsets *charsets, const struct feed_source *source, bool is_xml,
	struct buf *out_utf8, const char **out_name, struct build *problems_to, struct err *err)
{
	struct decoding d = { .charsets = charsets, .out = out_utf8, .start = out_utf8->length };
	struct attempt made;
	enum charset mark;
	size_t mark_length;

	mark = charset_of_mark(source->body, source->length, &mark_length);
	d.bytes = source->body + mark_length;
	d.length = source->length - mark_length;
	d.claim_count = charset_claims(source, is_xml, d.claims);
	if (mark == CHARSETS || (mark == CHARSET_UTF_8 && !utf8_valid(d.bytes, d.length))) {
		if (decode_unmarked(&d, &made, err) < 0)
			return -1;
	} else if (attempt(&d, mark, &made, err) < 0) {
		return -1;
	}
	if (problems_to != NULL) {
		if (made.damage.count > 0)
			tell_damage(&d, &made, problems_to);
		tell_claims(&d, made.charset, problems_to);
	}
	drop_marks(&d);
	/* In whatever encoding it was sent on since. */
	if (charset_undo_twice(out_utf8, d.start) && problems_to != NULL)
		build_problem(problems_to, 0, 0,
			"the text is UTF-8 that was taken for windows-1252 and made UTF-8 again");
	/* An old encoding has them where it has nothing. */
	if (is_unicode(made.charset))
		charset_mend_controls(out_utf8, d.start);
	*out_name = charset_rows[made.charset].name;
	return 0;
}

int charset_check_guess(const struct feed_source *source, const char *name, struct err *err)
{
	struct charset_claim claims[CHARSET_CLAIMS_MAX];
	size_t count = charset_claims(source, true, claims), mark_length;
	const struct charset_claim *unknown = charset_unknown(claims, count);

	if (unknown == NULL || is_unicode(charset_of_label(name, strlen(name))) ||
		charset_of_mark(source->body, source->length, &mark_length) != CHARSETS)
		return 0;
	return charset_refuse(unknown, err);
}
