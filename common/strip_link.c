#include "common/strip.h"

#include "common/strip_token.h"

/* A set whose addresses grow beyond this is left as it is. */
#define SET_MAX 65536

/* One road from the HTML to its copy; `copied` is up to where it has come. */
struct rewriter {
	strip_link_fn *link;
	void *ctx;
	struct buf *out;
	const char *copied;
	struct buf url;   /* the address that is handed out */
	struct buf fresh; /* what came back for it */
	struct buf set;   /* a srcset while it is made */
};

static const char *const url_attributes[] = { "action", "background", "cite", "data",
	"data-lazy-src", "data-orig-file", "data-original", "data-src", "formaction", "href",
	"icon", "longdesc", "manifest", "poster", "src", "xlink:href" };
static const char *const set_attributes[] = { "data-lazy-srcset", "data-srcset", "imagesrcset",
	"srcset" };

/* Cut white space (and controls) off the end; the result is how much there is
 * at the beginning. */
static size_t trim(struct buf *url)
{
	size_t length = url->length, lead = 0;

	while (length > 0 && (unsigned char)url->data[length - 1] <= ' ')
		length--;
	buf_cut(url, length);
	while (lead < length && (unsigned char)url->data[lead] <= ' ')
		lead++;
	return lead;
}

/* Ask about one address, decoded already; the answer is in r->fresh. */
static int ask(struct rewriter *r, const char *url, size_t length)
{
	buf_clear(&r->fresh);
	return r->link(r->ctx, url, length, &r->fresh);
}

static int add_escaped(struct buf *out, const char *text, size_t length)
{
	size_t i, from = 0;

	for (i = 0; i < length; i++) {
		const char *reference = text[i] == '&'   ? "&amp;"
					: text[i] == '"' ? "&quot;"
					: text[i] == '<' ? "&lt;"
					: text[i] == '>' ? "&gt;"
							 : NULL;

		if (reference == NULL)
			continue;
		if (buf_add(out, text + from, i - from) < 0 || buf_add_text(out, reference) < 0)
			return -1;
		from = i + 1;
	}
	return buf_add(out, text + from, length - from);
}

/* Put a value in the place of an attribute's own. */
static int replace(struct rewriter *r, const struct strip_attribute *a, const struct buf *value)
{
	if (buf_add(r->out, r->copied, (size_t)(a->value_start - r->copied)) < 0 ||
		buf_add_byte(r->out, '"') < 0 ||
		add_escaped(r->out, value->data, value->length) < 0 ||
		buf_add_byte(r->out, '"') < 0)
		return -1;
	r->copied = a->value_end;
	return 0;
}

static int rewrite_url(struct rewriter *r, const struct strip_attribute *a)
{
	size_t lead = trim(&r->url);
	int answer = ask(r, r->url.data + lead, r->url.length - lead);

	return answer == 1 ? replace(r, a, &r->fresh) : answer;
}

/* One candidate into r->set; *changed if its address is another now. */
static int add_candidate(struct rewriter *r, const struct strip_candidate *c, bool *changed)
{
	struct buf url;
	int answer;

	buf_init(&url, SIZE_MAX);
	answer = buf_add(&url, c->url, c->url_length);
	if (answer == 0)
		answer = ask(r, url.data, url.length);
	buf_release(&url);
	if (answer < 0)
		return -1;
	*changed |= answer == 1;
	if (r->set.length > 0 && buf_add_text(&r->set, ", ") < 0)
		return -1;
	if ((answer == 1 ? buf_add(&r->set, r->fresh.data, r->fresh.length)
			 : buf_add(&r->set, c->url, c->url_length)) < 0)
		return -1;
	return buf_add(&r->set, c->descriptor, c->descriptor_length);
}

static int rewrite_set(struct rewriter *r, const struct strip_attribute *a)
{
	const char *at = r->url.data;
	const char *end = at + r->url.length;
	struct strip_candidate candidate;
	bool changed = false;

	buf_clear(&r->set);
	while (r->set.length < SET_MAX && strip_candidate_next(&at, end, &candidate))
		if (add_candidate(r, &candidate, &changed) < 0)
			return -1;
	return changed && r->set.length < SET_MAX ? replace(r, a, &r->set) : 0;
}

static int rewrite_tag(struct rewriter *r, const struct strip_token *token)
{
	const char *at = token->attributes;
	const char *end = token->start + token->length;
	struct strip_attribute a;

	while (strip_attribute_next(&at, end, &a) == 1) {
		bool is_set = STRIP_IS_AMONG(set_attributes, &a);

		if (a.value == NULL || (!is_set && !STRIP_IS_AMONG(url_attributes, &a)))
			continue;
		buf_clear(&r->url);
		if (strip_decode(a.value, a.value_length, true, &r->url) < 0)
			return -1;
		if (r->url.length > 0 && (is_set ? rewrite_set(r, &a) : rewrite_url(r, &a)) < 0)
			return -1;
	}
	return 0;
}

bool strip_candidate_next(const char **at, const char *end, struct strip_candidate *out)
{
	const char *p = *at;
	int depth = 0;

	while (p < end && (strip_is_space(*p) || *p == ','))
		p++;
	if (p == end)
		return false;
	out->url = p;
	while (p < end && !strip_is_space(*p))
		p++;
	out->url_length = (size_t)(p - out->url);
	out->descriptor = p;
	if (p[-1] == ',') {
		while (out->url[out->url_length - 1] == ',')
			out->url_length--;
		out->descriptor = out->url + out->url_length;
		out->descriptor_length = 0;
		*at = p;
		return true;
	}
	while (p < end && (*p != ',' || depth > 0)) {
		depth += (*p == '(') - (*p == ')' && depth > 0);
		p++;
	}
	*at = p;
	while (p > out->descriptor && strip_is_space(p[-1]))
		p--;
	out->descriptor_length = (size_t)(p - out->descriptor);
	return true;
}

int strip_rewrite_links(
	const char *html, size_t length, strip_link_fn *link, void *ctx, struct buf *out)
{
	struct rewriter r = { .link = link, .ctx = ctx, .out = out, .copied = html };
	struct strip_scan scan;
	struct strip_token token;
	int result = 0;

	buf_init(&r.url, SIZE_MAX);
	buf_init(&r.fresh, SIZE_MAX);
	buf_init(&r.set, SIZE_MAX);
	strip_scan_init(&scan, html, length);
	while (result == 0 && strip_scan_next(&scan, &token))
		if (token.kind == STRIP_START && *token.attributes != '>')
			result = rewrite_tag(&r, &token);
	if (result == 0)
		result = buf_add(out, r.copied, (size_t)(html + length - r.copied));
	buf_release(&r.url);
	buf_release(&r.fresh);
	buf_release(&r.set);
	return result;
}
