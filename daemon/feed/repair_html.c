#include "daemon/feed/repair_priv.h"

#include <string.h>

#include "common/strip.h"

/*
 * An element with text: where it ends, and what is in it.  HTML that should
 * have been escaped is escaped here, all of it: then the text is what the
 * publisher meant, and whatever is broken in it breaks nothing around it.
 */

struct region {
	size_t at;
	size_t end;
	size_t first_tag; /* where markup begins, if any does */
	size_t nested;    /* elements of the same name that are open in it */
	bool is_closed;   /* its own end tag stands at `end` */
	bool has_tags;
	bool has_cdata;
};

/* Elements of HTML that feeds know by another meaning; a title has none of them. */
static bool is_html_too(const struct repair *r, struct span name, struct span element)
{
	static const char *const both[] = { "link", "title", "image", "source", "summary", "body",
		"head", "content", "rating" };
	size_t i;

	if (element.length == 5 && repair_is_at(r, element.at, "title"))
		return false;
	/* HTML's <link> says nothing without attributes; RSS's has none. */
	if (name.length == 4 && repair_is_at(r, name.at, "link>"))
		return false;
	for (i = 0; i < sizeof(both) / sizeof(both[0]); i++)
		if (name.length == strlen(both[i]) && repair_is_at(r, name.at, both[i]))
			return true;
	return false;
}

static bool is_xhtml_name(const struct repair *r, struct span name)
{
	return repair_is_at(r, name.at, "xhtml:");
}

/* Whether an end tag ends the element, even if with another prefix or name. */
static bool ends_element(const struct repair *r, struct span end, struct span start)
{
	struct span end_local = repair_local(r, end), start_local = repair_local(r, start);

	if (repair_same_name(r, end, start))
		return true;
	return repair_same_name(r, end_local, start_local) && end_local.at == end.at;
}

/*
 * A tag within the region: true if the element cannot go on behind it.
 * *first_known is the first tag that a feed would have and HTML would not.
 */
static bool is_boundary(struct repair *r, size_t at, struct span element, struct region *region,
	size_t *first_known)
{
	struct span name = repair_end_name_at(r, at);
	bool is_end = name.length > 0;
	enum name_class class_;

	if (!is_end && !repair_is_start_tag(r, at))
		return false;
	if (!is_end)
		name = repair_start_name_at(r, at);
	if (is_end && ends_element(r, name, element) && region->nested == 0) {
		region->is_closed = true;
		return true;
	}
	class_ = repair_class(r, name);
	if (class_ >= NAME_ITEM)
		return true;
	if (repair_same_name(r, name, element)) {
		/* A <div> holds others, if it is still open. */
		if (!is_xhtml_name(r, name) || (!is_end && *first_known < at))
			return true;
		region->nested = is_end ? region->nested - 1 : region->nested + 1;
	}
	if (class_ != NAME_UNKNOWN && !is_xhtml_name(r, name) && *first_known == r->length &&
		!is_html_too(r, name, element))
		*first_known = at;
	if (region->first_tag == r->length)
		region->first_tag = at;
	return false;
}

static struct region find_region(struct repair *r, size_t at, struct span element)
{
	struct region region = { .at = at, .first_tag = r->length };
	size_t first_known = r->length;

	while ((at = repair_find(r, at, '<')) < r->length) {
		if (repair_is_at(r, at, "<![CDATA[")) {
			region.has_cdata = true;
			at = repair_cdata_at(r, at, r->length, element).after;
		} else if (repair_is_at(r, at, "<!--")) {
			at = repair_skip_comment(r, at);
		} else if (at + 1 < r->length &&
			   is_boundary(r, at, element, &region, &first_known)) {
			break;
		} else {
			at++;
		}
	}
	region.end = at;
	if (!region.is_closed && first_known < at)
		region.end = first_known;
	region.has_tags = region.first_tag < region.end;
	return region;
}

/* Whether a '<' begins something that looks like markup. */
static bool is_tag(const struct repair *r, size_t at)
{
	return repair_is_at(r, at, "</") || repair_end_name_at(r, at).length > 0 ||
	       repair_is_start_tag(r, at);
}

#define STRAYS_MAX 64 /* end tags of a text that are looked for */

/*
 * Whether an end tag at `at` closes nothing that a reader could see: HTML has no
 * such element, and none of that name begins in the text.
 */
static bool is_stray_end(struct repair *r, const struct region *region, size_t at, int *looked_for)
{
	struct span name = repair_end_name_at(r, at);
	const char *from = r->text + region->at, *begin;
	size_t room;

	if (name.length == 0 || strip_is_tag(r->text + name.at, name.length) ||
		++*looked_for > STRAYS_MAX)
		return false;
	while ((room = (size_t)(r->text + at - from)) > name.length &&
		(begin = memmem(from, room, r->text + name.at, name.length)) != NULL) {
		if (begin > r->text && begin[-1] == '<')
			return false;
		from = begin + 1;
	}
	return true;
}

/*
 * Character data with CDATA between.  Tags in it are escaped, comments are left
 * out.
 */
static void write_mixed(struct repair *r, struct region region, struct span element)
{
	size_t at = region.at, from = at;
	int looked_for = 0;

	while ((at = repair_find(r, at, '<')) < region.end) {
		bool is_cdata = repair_is_at(r, at, "<![CDATA[");
		struct repair_cdata cdata;

		if (is_stray_end(r, &region, at, &looked_for)) {
			struct span name = repair_end_name_at(r, at);

			repair_tell(r, PROBLEM_STRAY_END, at, name);
			repair_write(r, (struct span){ from, at - from }, MODE_TEXT);
			at = from = repair_skip_end_tag(r, name);
			continue;
		}
		if (!is_cdata && !repair_is_at(r, at, "<!--")) {
			if (!is_tag(r, at))
				repair_tell(r, PROBLEM_LESS, at, (struct span){ 0, 0 });
			at++;
			continue;
		}
		repair_write(r, (struct span){ from, at - from }, MODE_TEXT);
		if (is_cdata) {
			cdata = repair_cdata_at(r, at, region.end, element);
			repair_write_cdata(r, &cdata);
			at = cdata.after;
		} else {
			size_t start = at;

			at = repair_skip_comment(r, at);
			repair_tell_open(r, start, at, "-->");
		}
		from = at;
	}
	if (from < region.end)
		repair_write(r, (struct span){ from, region.end - from }, MODE_TEXT);
}

/*
 * A title is taken for HTML by its end tags.  The name of the tag that one needs which
 * has none, but "<br>" or "<b>", and so should have one; length 0 for any other.
 */
static struct span missing_end(
	const struct repair *r, const struct region *region, struct span element)
{
	struct span none = { 0, 0 }, name = repair_start_name_at(r, region->first_tag);
	size_t at = name.at + name.length;

	if (r->is_atom || !region->has_tags ||
		!repair_is_at(r, repair_local(r, element).at, "title") ||
		!strip_is_tag(r->text + name.at, name.length) ||
		memmem(r->text + region->at, region->end - region->at, "</", 2) != NULL)
		return none;
	while (at < region->end && repair_is_blank(r->text[at]))
		at++;
	return repair_is_at(r, at, ">") || repair_is_at(r, at, "/>") ? name : none;
}

/*
 * Whether the markup is in the text as it is, and not escaped: then references
 * in it are HTML's and must still be there when it is read as HTML.
 */
static bool is_raw_html(const struct repair *r, const struct region *region, struct span element)
{
	const char *text = r->text + region->at;
	size_t length = region->end - region->at;

	return region->has_tags && !region->has_cdata && memmem(text, length, "&lt;", 4) == NULL &&
	       memmem(text, length, "&amp;lt;", 8) == NULL &&
	       (strip_looks_like_html(text, length) || missing_end(r, region, element).length > 0);
}

static void write_raw_html(struct repair *r, const struct region *region, struct span element)
{
	struct span name = missing_end(r, region, element);

	repair_write(r, (struct span){ region->at, region->end - region->at }, MODE_RAW);
	if (name.length > 0) {
		repair_put_text(r, "&lt;/");
		repair_write(r, name, MODE_RAW);
		repair_put_text(r, ">");
	}
}

/* "![CDATA[…]]>", "…]]>": marks of CDATA that lost others are no part of the text. */
static struct region without_marks(struct repair *r, struct region region)
{
	static const char *const opens[] = { "![CDATA[", "[CDATA[" };
	size_t end = region.end, at = region.at, i;

	while (end > at && repair_is_blank(r->text[end - 1]))
		end--;
	if (region.has_cdata || end - at < 3 || memcmp(r->text + end - 3, "]]>", 3) != 0)
		return region;
	repair_tell(r, PROBLEM_MARK, end - 3, (struct span){ 0, 0 });
	region.end = end - 3;
	while (repair_is_blank(r->text[at]))
		at++;
	for (i = 0; i < sizeof(opens) / sizeof(opens[0]); i++)
		if (repair_is_at(r, at, opens[i]) && at + strlen(opens[i]) <= region.end) {
			region.at = at + strlen(opens[i]);
			break;
		}
	return region;
}

/* With its colon; length 0 for none. */
static struct span prefix_of(const struct repair *r, struct span name)
{
	return (struct span){ name.at, repair_local(r, name).at - name.at };
}

/*
 * Atom's XHTML is in a <div> that does not belong to it.  *out_prefix is the
 * one that its names have, with its colon; mostly there is none.
 */
static struct span without_div(
	const struct repair *r, const struct region *region, struct span *out_prefix)
{
	struct span inner = { region->at, region->end - region->at };
	size_t first = region->at, last = region->end;
	struct span name, local;

	while (first < last && repair_is_blank(r->text[first]))
		first++;
	while (last > first && repair_is_blank(r->text[last - 1]))
		last--;
	name = repair_name_at(r, first + 1);
	local = repair_local(r, name);
	*out_prefix = prefix_of(r, repair_start_name_at(r, region->first_tag));
	if (last - first < 2 * name.length + 5 || local.length != 3 ||
		!repair_is_at(r, local.at, "div") || !repair_is_at(r, last - 4, "div>") ||
		!repair_is_at(r, last - 3 - name.length, "</"))
		return inner;
	first = repair_skip_angle(r, first);
	last -= name.length + 3;
	return first <= last ? (struct span){ first, last - first } : inner;
}

/* As HTML: what is text stays text, and names lose their prefix. */
static void write_xhtml(struct repair *r, const struct region *region)
{
	struct span prefix, inner = without_div(r, region, &prefix);
	size_t at = inner.at, from = at, end = inner.at + inner.length;

	while ((at = repair_find(r, at, '<')) < end) {
		size_t name = at + (repair_is_at(r, at, "</") ? 2 : 1);
		bool is_cdata = repair_is_at(r, at, "<![CDATA[");
		bool is_prefixed = prefix.length > 0 && end - at > prefix.length + 2 &&
				   memcmp(r->text + name, r->text + prefix.at, prefix.length) == 0;

		at++;
		if (!is_cdata && !is_prefixed)
			continue;
		if (is_cdata) {
			struct repair_cdata cdata = repair_cdata_at(
				r, at - 1, end, (struct span){ 0, 0 });

			repair_write(r, (struct span){ from, at - 1 - from }, MODE_RAW);
			repair_write(r, cdata.content, MODE_RAW_TEXT);
			at = cdata.after;
		} else {
			repair_write(r, (struct span){ from, name - from }, MODE_RAW);
			at = name + prefix.length;
		}
		from = at;
	}
	if (from < end)
		repair_write(r, (struct span){ from, end - from }, MODE_RAW);
}

static bool is_markup_type(const struct repair *r, const struct repair_tag *tag)
{
	struct span type = repair_attribute(r, tag, "type");
	struct span mode = repair_attribute(r, tag, "mode");

	return repair_is_word(r, type, "xhtml") ||
	       repair_is_word(r, type, "application/xhtml+xml") || repair_is_word(r, mode, "xml");
}

/* Whether the elements in a text are XHTML's, by what is said of it or by their
 * prefix. */
static bool is_xhtml_text(
	const struct repair *r, const struct repair_tag *tag, const struct region *region)
{
	return (r->is_atom && is_markup_type(r, tag)) || is_xhtml_name(r, tag->name) ||
	       (region->has_tags && is_xhtml_name(r, repair_start_name_at(r, region->first_tag)));
}

static void skip_end(struct repair *r, const struct region *region)
{
	r->at = repair_skip_end_tag(r, repair_end_name_at(r, region->end));
	repair_pop(r);
}

/* XHTML in which nothing is broken; false if something is. */
static bool write_whole(struct repair *r, struct repair_tag *tag, const struct region *region)
{
	struct span run = { region->at, region->end - region->at };

	if (r->depth + 1 >= REPAIR_DEPTH_MAX || !repair_is_balanced(r, run))
		return false;
	repair_open_element(r, tag, NAME_TEXT, NULL);
	repair_write_balanced(r, run);
	skip_end(r, region);
	return true;
}

void repair_text_element(struct repair *r, struct repair_tag *tag)
{
	struct region region, text;
	bool is_xhtml;
	const char *more = NULL;

	if (tag->is_empty) {
		repair_open_element(r, tag, NAME_TEXT, NULL);
		return;
	}
	region = find_region(r, tag->after, tag->name);
	is_xhtml = is_xhtml_text(r, tag, &region);
	if (is_xhtml && region.has_tags && region.is_closed && write_whole(r, tag, &region))
		return;
	/* Without its prefix it is an element whose text is HTML. */
	if (is_xhtml_name(r, tag->name))
		tag->name = repair_local(r, tag->name);
	if (r->is_atom && region.has_tags) {
		repair_drop_attribute(r, tag, "type");
		repair_drop_attribute(r, tag, "mode");
		more = " type=\"html\" mode=\"escaped\"";
	}
	repair_open_element(r, tag, NAME_TEXT, more);
	if (region.has_tags && !is_xhtml)
		repair_tell(r, PROBLEM_HTML, region.at, tag->name);
	text = without_marks(r, region);
	if (is_xhtml && region.has_tags)
		write_xhtml(r, &region);
	else if (is_raw_html(r, &text, tag->name))
		write_raw_html(r, &text, tag->name);
	else
		write_mixed(r, text, tag->name);
	r->at = region.end;
	if (region.is_closed) {
		skip_end(r, &region);
	} else if (region.end < r->length) {
		repair_tell(r, PROBLEM_UNCLOSED, region.end, tag->name);
		repair_pop(r);
	}
}
