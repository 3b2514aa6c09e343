#include "daemon/feed/charset_priv.h"

#include <string.h>
#include <strings.h>

/* A declaration stands at the very front, or after the junk that broken
 * scripts send before it. */
#define HEAD_BYTES 2048

struct span {
	const char *at;
	size_t length;
};

/* The first place of `word` (ASCII, lower case) in the span, case aside. */
static const char *find_word(struct span in, const char *word)
{
	size_t n = strlen(word);
	const char *at = in.at, *end = in.at + in.length;

	/* A tag's has its sign in front, which has no case. */
	while (word[0] != '<' || (at = memchr(at, '<', (size_t)(end - at))) != NULL) {
		if ((size_t)(end - at) < n)
			break;
		if ((*at | 0x20) == (word[0] | 0x20) && strncasecmp(at, word, n) == 0)
			return at;
		at++;
	}
	return NULL;
}

static struct span behind(struct span in, const char *at)
{
	return (struct span){ at, in.length - (size_t)(at - in.at) };
}

static struct span skip_blanks(struct span in)
{
	while (in.length > 0 && charset_is_blank(in.at[0])) {
		in.at++;
		in.length--;
	}
	return in;
}

/* The value behind NAME, "=" and perhaps a quote; length 0 if it is not there. */
static struct span value_of(struct span in, const char *name)
{
	struct span none = { "", 0 };
	const char *at = find_word(in, name);
	char quote = '\0';
	size_t n = 0;

	if (at == NULL)
		return none;
	in = skip_blanks(behind(in, at + strlen(name)));
	if (in.length == 0 || in.at[0] != '=')
		return none;
	in = skip_blanks(behind(in, in.at + 1));
	if (in.length > 0 && (in.at[0] == '"' || in.at[0] == '\'')) {
		quote = in.at[0];
		in = behind(in, in.at + 1);
	}
	while (n < in.length && in.at[n] != quote &&
		(quote != '\0' ||
			(!charset_is_blank(in.at[n]) && strchr(";,\"'>/?", in.at[n]) == NULL)))
		n++;
	return (struct span){ in.at, n };
}

static size_t add_claim(
	struct charset_claim *claims, size_t count, const char *where, struct span label)
{
	/* A blank says nothing. */
	if (skip_blanks(label).length == 0 || count == CHARSET_CLAIMS_MAX)
		return count;
	claims[count].where = where;
	claims[count].label = label.at;
	claims[count].label_length = label.length;
	claims[count].charset = charset_of_label(label.at, label.length);
	return count + 1;
}

/* Each "<?xml … encoding=" of the head: some generators write two. */
static size_t add_declarations(struct charset_claim *claims, size_t count, struct span head)
{
	const char *at;

	while (count < CHARSET_CLAIMS_MAX && (at = find_word(head, "<?xml")) != NULL) {
		struct span inside;
		const char *end;

		head = behind(head, at + strlen("<?xml"));
		end = memchr(head.at, '>', head.length);
		if (head.length == 0 || !charset_is_blank(head.at[0]))
			continue; /* <?xml-stylesheet … */
		inside.at = head.at;
		inside.length = end != NULL ? (size_t)(end - head.at) : head.length;
		count = add_claim(
			claims, count, "the XML declaration", value_of(inside, "encoding"));
	}
	return count;
}

static size_t add_meta(struct charset_claim *claims, size_t count, struct span head)
{
	const char *at;

	while ((at = find_word(head, "<meta")) != NULL) {
		const char *end;
		struct span inside, label;

		head = behind(head, at + strlen("<meta"));
		end = memchr(head.at, '>', head.length);
		inside.at = head.at;
		inside.length = end != NULL ? (size_t)(end - head.at) : head.length;
		label = value_of(inside, "charset");
		if (label.length > 0)
			return add_claim(claims, count, "the page's <meta>", label);
	}
	return count;
}

size_t charset_claims(const struct feed_source *source, bool is_xml,
	struct charset_claim out_claims[CHARSET_CLAIMS_MAX])
{
	struct span header = { source->content_type, strlen(source->content_type) };
	struct span head = { source->body,
		source->length < HEAD_BYTES ? source->length : HEAD_BYTES };
	const char *parameters = memchr(header.at, ';', header.length);
	struct span front;
	bool is_markup;
	size_t count = 0;

	if (parameters != NULL)
		count = add_claim(out_claims, count, "the HTTP header",
			value_of(behind(header, parameters), "charset"));
	front = skip_blanks(head);
	is_markup = is_xml || (front.length > 0 && front.at[0] == '<');
	if (is_markup)
		count = add_declarations(out_claims, count, head);
	if (is_markup && (!is_xml || find_word(head, "<html") != NULL))
		count = add_meta(out_claims, count, head);
	return count;
}

bool charset_is_narrow(const struct charset_claim *claim)
{
	return claim->charset != CHARSETS &&
	       charset_rows[claim->charset].kind != CHARSET_KIND_UTF_16 &&
	       charset_rows[claim->charset].kind != CHARSET_KIND_UTF_32;
}

const struct charset_claim *charset_unknown(const struct charset_claim *claims, size_t count)
{
	const struct charset_claim *unknown = NULL;
	size_t i;

	for (i = 0; i < count; i++) {
		if (charset_is_narrow(&claims[i]))
			return NULL;
		if (unknown == NULL && claims[i].charset == CHARSETS)
			unknown = &claims[i];
	}
	return unknown;
}

bool charset_is_unknown(const struct feed_source *source)
{
	struct charset_claim claims[CHARSET_CLAIMS_MAX];
	size_t count = charset_claims(source, true, claims), i;

	for (i = 0; i < count; i++)
		if (claims[i].charset == CHARSETS)
			return true;
	return false;
}

int charset_refuse(const struct charset_claim *claim, struct err *err)
{
	size_t i;

	for (i = 0; i < claim->label_length; i++)
		if (claim->label[i] < ' ' || claim->label[i] > '~')
			return err_set(err, ERR_ENCODING, "%s says no encoding that feedd reads",
				claim->where);
	return err_set(err, ERR_ENCODING, "%s says \"%.*s\", which feedd does not read",
		claim->where, (int)(claim->label_length < 40 ? claim->label_length : 40),
		claim->label);
}
