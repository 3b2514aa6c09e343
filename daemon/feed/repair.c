#include "daemon/feed/repair.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/feed/repair_priv.h"

#define REFUSED SIZE_MAX /* in place of a position */

static const struct span nothing = { 0, 0 };

/* ---- the beginning ------------------------------------------------------- */

/*
 * A DOCTYPE at `at`: where it ends, or REFUSED if it declares entities, which
 * nobody needs but attackers.
 */
static size_t skip_doctype(const struct repair *r, size_t at)
{
	size_t close = repair_find(r, at, '>'), end = close;
	const char *bracket = memchr(r->text + at, '[', close - at);

	if (bracket != NULL) {
		/* The internal subset ends with "]>", blanks between. */
		for (end = (size_t)(bracket - r->text);
			(end = repair_find(r, end + 1, ']')) < r->length;) {
			size_t next = end + 1;

			while (next < r->length && repair_is_blank(r->text[next]))
				next++;
			if (next < r->length && r->text[next] == '>') {
				end = next;
				break;
			}
		}
	}
	if (memmem(r->text + at, end - at, "<!ENTITY", 8) != NULL)
		return REFUSED;
	return end < r->length ? end + 1 : r->length;
}

/* Netscape's RSS 0.91 is known by its DOCTYPE alone. */
static void keep_doctype(struct repair *r, size_t at, size_t end)
{
	static const char netscape[] = "-//Netscape Communications//DTD RSS 0.91//EN";
	static const char file[] = "rss-0.91.dtd";

	if (r->depth == 0 && r->out->length == r->start &&
		memmem(r->text + at, end - at, file, sizeof(file) - 1) != NULL) {
		repair_put_text(r, "<!DOCTYPE rss PUBLIC \"");
		repair_put_text(r, netscape);
		repair_put_text(r, "\" \"http://my.netscape.com/publish/formats/rss-0.91.dtd\">\n");
	}
}

/* Comments, instructions, declarations: where what begins at `at` ends, `at`
 * if it is none of these. */
static size_t skip_declaration(struct repair *r, size_t at)
{
	/* Most are tags. */
	if (at + 1 < r->length && r->text[at + 1] != '!' && r->text[at + 1] != '?')
		return at;
	if (repair_is_at(r, at, "<!--")) {
		size_t end = repair_skip_comment(r, at);

		repair_tell_open(r, at, end, "-->");
		return end;
	}
	if (repair_is_at(r, at, "<!DOCTYPE")) {
		size_t end = skip_doctype(r, at);

		if (end != REFUSED)
			keep_doctype(r, at, end);
		return end;
	}
	if (repair_is_at(r, at, "<?")) {
		size_t end = repair_skip_instruction(r, at);

		repair_tell_open(r, at, end, "?>");
		return end;
	}
	if (r->depth == 0 && repair_is_at(r, at, "<!ENTITY"))
		return REFUSED;
	if (repair_is_at(r, at, "<!") && !repair_is_at(r, at, "<![CDATA["))
		return repair_skip_angle(r, at);
	return at;
}

/* What a root element may be called, whatever its prefix. */
static enum name_class root_class(const struct repair *r, struct span name)
{
	static const char *const roots[] = { "rss", "rdf", "feed", "opml" };
	struct span local = repair_local(r, name);
	size_t i;

	for (i = 0; i < sizeof(roots) / sizeof(roots[0]); i++)
		if (repair_is_word(r, local, roots[i]))
			return NAME_ROOT;
	if (repair_is_word(r, local, "channel"))
		return NAME_CHANNEL;
	if (repair_is_word(r, local, "item") || repair_is_word(r, local, "entry"))
		return NAME_ITEM;
	return NAME_UNKNOWN;
}

static void tell_junk(struct repair *r, enum repair_problem problem, size_t from, size_t to)
{
	while (from < to && repair_is_blank(r->text[from]))
		from++;
	if (from < to)
		repair_tell(r, problem, from, nothing);
}

/*
 * Find the first element that a feed can begin with; r->at is then its tag.
 * 1; 0 if there is none, -1 if entities are declared before it.
 */
static int find_root(struct repair *r, enum name_class *out_class)
{
	size_t at = 0, after, seen = 0;

	/* Blanks before the XML declaration are one thing too many, too. */
	if (r->length > 0 && repair_is_blank(r->text[0]) &&
		repair_is_at(r, repair_find(r, 0, '<'), "<?xml "))
		repair_tell(r, PROBLEM_BEFORE, 0, nothing);
	while ((at = repair_find(r, at, '<')) < r->length) {
		tell_junk(r, PROBLEM_BEFORE, seen, at);
		after = skip_declaration(r, at);
		if (after == REFUSED)
			return -1;
		if (after == at) {
			*out_class = root_class(r, repair_start_name_at(r, at));
			if (*out_class != NAME_UNKNOWN) {
				r->at = at;
				return 1;
			}
			repair_tell(r, PROBLEM_BEFORE, at, nothing);
			after = at + 1;
		}
		at = seen = after;
	}
	return 0;
}

static void know_root(struct repair *r, struct span name)
{
	struct span local = repair_local(r, name);

	r->root_prefix = (struct span){ name.at, local.at - name.at };
	if (repair_is_word(r, name, "rdf:rdf"))
		r->root_prefix.length = 0;
	r->is_atom = repair_is_word(r, local, "feed") || repair_is_word(r, local, "entry");
}

/* Whether a start tag of that name follows. */
static bool has_another(const struct repair *r, struct span name)
{
	size_t at = name.at;

	while ((at = repair_find(r, at, '<')) < r->length)
		if (repair_same_name(r, repair_name_at(r, ++at), name))
			return true;
	return false;
}

/* An item or a channel without what should be around it. */
static void open_missing_root(
	struct repair *r, struct span name, enum name_class class_, const struct repair_tag *tag)
{
	struct span local = repair_local(r, name);

	if (repair_is_word(r, local, "entry")) {
		/* Atom has documents of one entry, but none of several. */
		if (!has_another(r, name))
			return;
		repair_tell(r, PROBLEM_ROOT_START, name.at, nothing);
		repair_open_missing(r, "feed", NAME_ROOT);
		return;
	}
	/* CDF's root is a channel. */
	if ((class_ == NAME_CHANNEL && repair_attribute(r, tag, "href").length > 0))
		return;
	repair_tell(r, PROBLEM_ROOT_START, name.at, nothing);
	repair_open_missing(r, "rss", NAME_ROOT);
	if (class_ == NAME_ITEM)
		repair_open_missing(r, "channel", NAME_CHANNEL);
}

/* ---- what stands between ------------------------------------------------- */

/* The class of an element where it stands. */
static enum name_class class_here(const struct repair *r, const struct repair_tag *tag)
{
	enum name_class class_ = repair_class(r, tag->name);

	/* RSS has a line of text where Atom has elements. */
	if (!r->is_atom &&
		(repair_is_word(r, tag->name, "author") || repair_is_word(r, tag->name, "source") ||
			repair_is_word(r, tag->name, "contributor")))
		return NAME_LEAF;
	/* A subscription holds nothing, a folder does. */
	if (repair_is_word(r, tag->name, "outline") &&
		repair_attribute(r, tag, "xmlUrl").length > 0)
		return NAME_LEAF;
	return class_;
}

static void end_root(struct repair *r)
{
	repair_pop(r);
	r->is_closed = true;
}

/*
 * The root's tag once more: another document begins.  What is whole of the
 * first is kept, and what is in the second follows it in the same root; if
 * nothing is whole, the second one is taken as if it were the only one.
 */
static void begin_second(struct repair *r, size_t at, const struct repair_tag *tag)
{
	repair_tell(r, PROBLEM_SEVERAL, at, nothing);
	if (r->open[0].class_ == NAME_ITEM) {
		r->at = r->length;
		r->is_cut = r->has_item;
	} else if (r->has_item) {
		repair_end_document(r, at);
		repair_adopt_prefixes(r, tag);
		r->at = tag->after;
		if (tag->is_empty)
			end_root(r);
	} else {
		buf_cut(r->out, r->start);
		r->depth = r->too_deep = r->declared_count = r->missing_count = 0;
		r->channel_parts = 0;
		r->root_prefix = nothing;
	}
}

static bool is_second_root(const struct repair *r, struct span name, enum name_class class_)
{
	if (r->depth == 0 || r->open[0].class_ == NAME_CHANNEL)
		return false;
	/* A root that we put there was none. */
	return r->open[0].name.length == 0 ? class_ == NAME_ROOT
					   : repair_same_name(r, name, r->open[0].name);
}

/* Whether an item may begin with this; before the first one only what the channel
 * has said of itself already, but Atom's links are many. */
static bool may_begin_item(struct repair *r, struct span name)
{
	static const char *const parts[] = { "title", "link", "guid", "id", "description" };
	unsigned seen = r->channel_parts;
	size_t i = 0;

	while (i < sizeof(parts) / sizeof(parts[0]) && !repair_is_word(r, name, parts[i]))
		i++;
	if (i == sizeof(parts) / sizeof(parts[0]))
		return false;
	r->channel_parts |= 1u << i;
	return r->has_item ||
	       ((seen >> i & 1) != 0 && !(r->is_atom && repair_is_word(r, name, "link")));
}

/*
 * Between items, a title or an address with the end of an item before the next
 * one begins: that one lost its start tag.
 */
static void open_missing_item(struct repair *r, size_t at, struct span name)
{
	size_t end;

	if (r->depth == 0 || r->depth == REPAIR_DEPTH_MAX || repair_top(r)->class_ < NAME_CHANNEL ||
		!may_begin_item(r, name))
		return;
	end = repair_next_item_end(r, at);
	if (end == r->length || repair_next_item(r, at) < end)
		return;
	repair_tell(r, PROBLEM_ITEM_START, at, repair_end_name_at(r, end));
	repair_open_item(r, repair_end_name_at(r, end));
}

static void start_tag(struct repair *r, size_t at)
{
	struct repair_tag tag;
	enum name_class class_;

	if (!repair_read_tag(r, at, &tag)) {
		r->is_cut = true;
		r->at = r->length;
		return;
	}
	if (is_second_root(r, tag.name, root_class(r, tag.name)))
		begin_second(r, at, &tag);
	if (r->at > at)
		return;
	r->at = tag.after;
	if (r->depth == 0)
		know_root(r, tag.name);
	class_ = class_here(r, &tag);
	if (r->depth == 0 && class_ < NAME_ROOT) {
		open_missing_root(r, tag.name, class_, &tag);
	} else if (r->depth == 0 && tag.is_empty && repair_goes_on(r, tag.name, tag.after)) {
		repair_tell(r, PROBLEM_ROOT_EMPTY, at, tag.name);
		tag.is_empty = false;
	}
	/* FeedBurner has "<item />" in items. */
	if (class_ == NAME_ITEM && tag.is_empty && repair_is_in_item(r)) {
		repair_tell(r, PROBLEM_MARKUP, at, tag.name);
		return;
	}
	repair_make_room(r, tag.name, class_);
	open_missing_item(r, at, tag.name);
	if (r->depth == REPAIR_DEPTH_MAX) {
		repair_tell(r, PROBLEM_DEPTH, at, nothing);
		r->too_deep += !tag.is_empty;
	} else if (class_ == NAME_UNKNOWN && r->depth > 0 && repair_top(r)->class_ == NAME_LEAF) {
		repair_tell(r, PROBLEM_MARKUP, at, tag.name);
	} else if (class_ == NAME_TEXT) {
		repair_text_element(r, &tag);
	} else {
		repair_open_element(r, &tag, class_, NULL);
	}
	r->is_closed = r->depth == 0;
}

static void end_tag(struct repair *r, struct span name)
{
	r->at = repair_skip_end_tag(r, name);
	if (r->too_deep > 0 && repair_class(r, name) < NAME_ITEM) {
		r->too_deep--;
		return;
	}
	r->too_deep = 0;
	if (repair_class(r, name) >= NAME_CHANNEL && repair_goes_on(r, name, r->at)) {
		repair_tell(r, PROBLEM_STRAY_END, name.at, name);
		r->has_root_end = r->has_root_end || repair_class(r, name) == NAME_ROOT;
		return;
	}
	repair_end_tag(r, name);
	r->is_closed = r->depth == 0;
}

/* A '<' at r->at, whatever it begins. */
static int markup(struct repair *r)
{
	size_t at = r->at;
	size_t after = skip_declaration(r, at);
	struct span name;

	if (after == REFUSED)
		return -1;
	if (after != at) {
		r->at = after;
		return 0;
	}
	if (repair_is_at(r, at, "<![CDATA[")) {
		struct repair_cdata cdata = repair_cdata_at(r, at, r->length, repair_top(r)->name);

		repair_write_cdata(r, &cdata);
		r->at = cdata.after;
		return 0;
	}
	if ((name = repair_end_name_at(r, at)).length > 0) {
		end_tag(r, name);
		return 0;
	}
	if (repair_is_start_tag(r, at)) {
		start_tag(r, at);
		return 0;
	}
	repair_tell(r, PROBLEM_LESS, at, nothing);
	repair_put_text(r, "&lt;");
	r->at++;
	return 0;
}

static int inside(struct repair *r)
{
	while (r->at < r->length && r->depth > 0) {
		size_t next = repair_find(r, r->at, '<');

		repair_write(r, (struct span){ r->at, next - r->at }, MODE_TEXT);
		r->at = next;
		if (next < r->length && markup(r) < 0)
			return -1;
		if (r->is_full)
			break;
	}
	return 0;
}

/* ---- the end ------------------------------------------------------------- */

/* Whether the root begins once more there: what was appended to a file twice. */
static bool is_root_again(const struct repair *r, size_t at)
{
	struct span root = r->open[0].name;

	return root.length > 0 && r->open[0].class_ == NAME_ROOT &&
	       repair_same_name(r, repair_start_name_at(r, at), root);
}

/* Behind the root only blanks, comments and instructions may stand.  true if
 * another document begins, at r->at. */
static bool behind(struct repair *r)
{
	while (r->at < r->length) {
		size_t next = repair_find(r, r->at, '<'), after;

		tell_junk(r, PROBLEM_AFTER, r->at, next);
		if (next == r->length)
			return false;
		after = skip_declaration(r, next);
		if (after == REFUSED)
			return false;
		if (after == next && is_root_again(r, next)) {
			r->at = next;
			return true;
		}
		if (after == next)
			repair_tell(r, PROBLEM_AFTER, next, nothing);
		r->at = after > next ? after : next + 1;
	}
	return false;
}

/* From the root's tag to the end of the last document. */
static int documents(struct repair *r)
{
	start_tag(r, r->at);
	for (;;) {
		if (inside(r) < 0)
			return -1;
		if (!r->is_closed || r->is_full || !behind(r))
			return 0;
		repair_reopen_root(r);
		start_tag(r, r->at);
	}
}

static int repair(struct repair *r, struct err *err)
{
	enum name_class class_;
	int found = find_root(r, &class_);

	if (found > 0 && documents(r) < 0)
		found = -1;
	if (found < 0)
		return err_set(err, ERR_ENTITY, "the document declares entities");
	if (found == 0)
		return err_set(err, ERR_NOT_FEED, "there is no element of a feed in it");
	if (!r->is_closed && r->depth == 0)
		return err_set(err, ERR_SYNTAX, "the document ends in its first tag");
	repair_finish(r);
	/* Closing tags in it may be quoted, the root's end, too. */
	if (r->is_left_open && !repair_ends_with_root(r))
		r->has_lost = true;
	repair_declare_missing(r);
	if (r->is_full)
		return err_set(err, ERR_TOO_BIG, "more than %zu bytes when repaired", r->out->max);
	return 0;
}

int repair_xml(const char *utf8, size_t length, struct buf *out, struct build *problems_to,
	struct err *err)
{
	struct repair *r = MEM_NEW(struct repair);
	int result;

	r->text = utf8;
	r->length = length;
	r->out = out;
	r->start = out->length;
	r->problems_to = problems_to;
	r->line = r->column = 1;
	/* Nothing was looked for yet. */
	r->cdata_end.from = r->comment_end.from = SIZE_MAX;
	r->item_end.from = r->item_start.from = r->root_start.from = SIZE_MAX;
	r->quotes[0].from = r->quotes[1].from = SIZE_MAX;
	result = repair(r, err);
	if (result < 0)
		buf_cut(out, r->start);
	else if (problems_to != NULL)
		build_doc(problems_to)->flags |= r->is_closed && !r->has_lost ? FEED_RECOVERED
									      : FEED_PARTIAL;
	free(r);
	return result;
}
