#include "daemon/feed/repair_priv.h"

#include <string.h>

const struct repair_open *repair_top(const struct repair *r)
{
	return r->depth > 0 ? &r->open[r->depth - 1] : NULL;
}

static void push(struct repair *r, struct span name, struct span written, size_t prefixes,
	enum name_class class_)
{
	r->open[r->depth++] = (struct repair_open){ .name = name,
		.written = written,
		.class_ = class_,
		.inside = r->out->length,
		.prefixes = prefixes };
	if (r->depth == 1)
		r->root_declared = r->declared_count;
}

void repair_open_element(struct repair *r, struct repair_tag *tag, enum name_class class_,
	const char *more_attributes)
{
	size_t prefixes = r->declared_count;
	struct span written;

	written = repair_write_tag(r, tag);
	if (r->depth == 0)
		r->declare = written.at + written.length;
	if (more_attributes != NULL)
		repair_put_text(r, more_attributes);
	if (tag->is_empty && r->depth > 0) {
		repair_put_text(r, "/>");
		r->declared_count = prefixes;
		return;
	}
	repair_put_text(r, ">");
	push(r, tag->name, written, prefixes, class_);
	/* A root has an end of its own, which another document takes back. */
	if (tag->is_empty)
		repair_pop(r);
}

void repair_open_missing(struct repair *r, const char *name, enum name_class class_)
{
	struct span written = { r->out->length + 1, strlen(name) };

	repair_put_text(r, "<");
	repair_put_text(r, name);
	if (r->depth == 0)
		r->declare = r->out->length;
	repair_put_text(r, ">");
	push(r, (struct span){ 0, 0 }, written, r->declared_count, class_);
}

void repair_open_item(struct repair *r, struct span end_name)
{
	struct span written = { r->out->length + 1, end_name.length };

	repair_put_text(r, "<");
	repair_put(r, r->text + end_name.at, end_name.length);
	repair_put_text(r, ">");
	push(r, end_name, written, r->declared_count, NAME_ITEM);
}

void repair_pop(struct repair *r)
{
	struct repair_open open = r->open[--r->depth];
	size_t n = open.written.length;

	r->declared_count = open.prefixes;
	r->has_item = r->has_item || open.class_ == NAME_ITEM;
	repair_put_text(r, "</");
	/* The name is in the output already; adding to it may move it. */
	if (r->is_full || buf_reserve(r->out, n) < 0) {
		r->is_full = true;
		return;
	}
	memcpy(r->out->data + r->out->length, r->out->data + open.written.at, n);
	buf_grown(r->out, n);
	repair_put_text(r, ">");
}

/* "<item><item>", "<item></channel>": one without an end that says nothing. */
static bool drop_empty_item(struct repair *r, size_t at)
{
	const struct repair_open *top = repair_top(r);
	size_t i;

	if (top == NULL || r->depth == 1 || top->class_ != NAME_ITEM || r->is_full)
		return false;
	for (i = top->inside; i < r->out->length; i++)
		if (!repair_is_blank(r->out->data[i]))
			return false;
	repair_tell(r, PROBLEM_UNCLOSED, at, top->name);
	buf_cut(r->out, top->written.at - 1);
	r->declared_count = top->prefixes;
	r->depth--;
	return true;
}

/* Close down to `depth` what was never closed; all but what we opened. */
static void pop_unclosed(struct repair *r, size_t depth, size_t at)
{
	while (r->depth > depth) {
		if (drop_empty_item(r, at))
			continue;
		if (repair_top(r)->name.length > 0)
			repair_tell(r, PROBLEM_UNCLOSED, at, repair_top(r)->name);
		repair_pop(r);
	}
}

/* The depth of the innermost element of this class or one around it. */
static size_t depth_of(const struct repair *r, enum name_class class_)
{
	size_t i = r->depth;

	while (i > 0 && r->open[i - 1].class_ < class_)
		i--;
	return i;
}

/* What is inside of <author>: all else closes it. */
static bool is_of_person(const struct repair *r, struct span name)
{
	static const char *const parts[] = { "name", "email", "uri", "url", "homepage" };
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (name.length == strlen(parts[i]) && repair_is_at(r, name.at, parts[i]))
			return true;
	return memchr(r->text + name.at, ':', name.length) != NULL;
}

/* Whether the element cannot hold the one that begins, so that its end was
 * forgotten. */
static bool ends_with_next(const struct repair *r, const struct repair_open *open, struct span name)
{
	bool is_small = open->class_ == NAME_LEAF || open->class_ == NAME_TEXT;

	if (!is_small && (open->class_ != NAME_PERSON || is_of_person(r, name)))
		return false;
	return open->name.length > 0 && (repair_same_name(r, open->name, name) ||
						!repair_closes_soon(r, name.at, open->name));
}

void repair_make_room(struct repair *r, struct span name, enum name_class class_)
{
	const struct repair_open *top;
	size_t depth;

	if (class_ == NAME_UNKNOWN)
		return;
	if (class_ == NAME_ITEM || class_ == NAME_CHANNEL) {
		depth = depth_of(r, (enum name_class)(class_ + 1));
		/* CDF's root is a channel, and may hold others. */
		if (depth == 0)
			depth = depth_of(r, NAME_CHANNEL);
		if (depth > 0)
			pop_unclosed(r, depth, name.at);
	}
	while ((top = repair_top(r)) != NULL && r->depth > 1 && ends_with_next(r, top, name))
		pop_unclosed(r, r->depth - 1, name.at);
}

/* The open element that an end tag means, counted from 1; 0 for none. */
static size_t find_open(const struct repair *r, struct span name, enum name_class class_)
{
	size_t i;

	for (i = r->depth; i > 0; i--) {
		const struct repair_open *open = &r->open[i - 1];

		if (open->name.length > 0 && repair_same_name(r, open->name, name))
			return i;
		/* The end of something small does not end an item. */
		if (open->class_ >= NAME_ITEM && class_ < NAME_ITEM)
			return 0;
	}
	return 0;
}

/* "</link>http://a/</link>": whether the first one was meant to begin the element. */
static bool was_meant_to_begin(const struct repair *r, struct span name, enum name_class class_)
{
	size_t at = r->at, next = repair_find(r, at, '<');

	while (at < next && repair_is_blank(r->text[at]))
		at++;
	return (class_ == NAME_LEAF || class_ == NAME_TEXT) && at < next && r->depth > 1 &&
	       r->depth < REPAIR_DEPTH_MAX && repair_top(r)->class_ > NAME_TEXT &&
	       repair_same_name(r, repair_end_name_at(r, next), name);
}

void repair_end_tag(struct repair *r, struct span name)
{
	enum name_class class_ = repair_class(r, name);
	size_t depth = find_open(r, name, class_);

	if (depth == 0 && class_ == NAME_ROOT && r->depth > 0 && r->open[0].name.length == 0)
		depth = 1; /* the root is ours, its end is not */
	if (depth == 0) {
		repair_tell(r, PROBLEM_STRAY_END, name.at, name);
		if (was_meant_to_begin(r, name, class_))
			repair_open_element(r, &(struct repair_tag){ .name = name, .after = r->at },
				class_, NULL);
		return;
	}
	pop_unclosed(r, depth, name.at);
	repair_pop(r);
}

bool repair_is_in_item(const struct repair *r)
{
	size_t i;

	for (i = 0; i < r->depth; i++)
		if (r->open[i].class_ == NAME_ITEM)
			return true;
	return false;
}

size_t repair_next_item(struct repair *r, size_t at)
{
	return repair_find_next(r, &r->item_start, at, r->is_atom ? "<entry" : "<item");
}

size_t repair_next_item_end(struct repair *r, size_t at)
{
	return repair_find_next(r, &r->item_end, at, r->is_atom ? "</entry>" : "</item>");
}

bool repair_goes_on(struct repair *r, struct span name, size_t at)
{
	struct span root = r->depth > 0 ? r->open[0].name : name;
	size_t next = repair_next_item(r, at), end;
	char word[REPAIR_NAME_MAX];

	if (repair_is_in_item(r)) {
		end = repair_next_item_end(r, at);
		next = end < next ? end : r->length;
	} else if (repair_class(r, name) == NAME_CHANNEL) {
		return false; /* items may follow their channel */
	}
	if (next == r->length || root.length + 2 > sizeof(word))
		return false;
	word[0] = '<';
	memcpy(word + 1, r->text + root.at, root.length);
	word[root.length + 1] = '\0';
	return root.length == 0 || repair_find_next(r, &r->root_start, at, word) > next;
}

/* The outermost open element that is only half there, counted from 0. */
static size_t first_half(const struct repair *r)
{
	size_t i = 0;

	while (i < r->depth && r->open[i].class_ >= NAME_FOLDER)
		i++;
	if (i == r->depth && !r->is_cut)
		return i;
	/* An item with a half element in it is half an item itself. */
	while (i > 1 && r->open[i - 1].class_ == NAME_ITEM)
		i--;
	return i;
}

/* Leave out the open elements from `whole` on, counted from 0. */
static void leave_out(struct repair *r, size_t whole, size_t at)
{
	const struct repair_open *half = &r->open[whole];

	/* An entry that is the document: there is nothing else to keep. */
	if (whole == r->depth || whole == 0)
		return;
	repair_tell(r, PROBLEM_CUT, at, half->name);
	buf_cut(r->out, half->written.at - 1);
	r->declared_count = half->prefixes;
	r->depth = whole;
	r->has_lost = true;
}

void repair_end_document(struct repair *r, size_t at)
{
	r->has_lost = r->has_lost || r->depth > 1;
	/* Whatever is open is half there, an item whose parts are whole, too. */
	r->is_cut = true;
	leave_out(r, first_half(r), at);
	r->is_cut = false;
	while (r->depth > 1)
		repair_pop(r);
}

void repair_reopen_root(struct repair *r)
{
	buf_cut(r->out, r->out->length - (strlen("</>") + r->open[0].written.length));
	r->declared_count = r->root_declared;
	r->depth = 1;
	r->is_closed = false;
}

void repair_finish(struct repair *r)
{
	/* An item that the input ends in is half there, though its parts be whole. */
	r->is_cut = r->is_cut || !r->is_closed;
	if (!r->is_closed)
		leave_out(r, first_half(r), r->length);
	r->is_closed = r->is_closed || r->has_root_end;
	/* Who wrote no root did not forget its end. */
	if (r->depth > 0 && !r->is_closed && r->open[0].name.length > 0)
		repair_tell(r, PROBLEM_ROOT_END, r->length, r->open[0].name);
	while (r->depth > 0)
		repair_pop(r);
}
