#include "daemon/feed/repair_priv.h"

/*
 * Markup in a broken document that is whole itself: it goes through as it is, so
 * that damage elsewhere changes nothing of it.
 */

struct piece {
	enum { TEXT, SKIP, CDATA, START, END } kind;
	struct span name;
	size_t after;
	struct repair_cdata cdata;
	struct repair_tag tag;
};

/* What a '<' at `at` begins; false if the input ends in it. */
static bool read_piece(struct repair *r, size_t at, struct piece *out)
{
	out->kind = SKIP;
	if (repair_is_at(r, at, "<!--")) {
		out->after = repair_skip_comment(r, at);
		return true;
	}
	if (repair_is_at(r, at, "<?")) {
		out->after = repair_skip_instruction(r, at);
		return true;
	}
	if (repair_is_at(r, at, "<![CDATA[")) {
		out->kind = CDATA;
		out->cdata = repair_cdata_at(r, at, r->length, (struct span){ 0, 0 });
		out->after = out->cdata.after;
		return !out->cdata.is_open;
	}
	out->name = repair_end_name_at(r, at);
	if (out->name.length > 0) {
		out->kind = END;
		out->after = repair_skip_end_tag(r, out->name);
		return true;
	}
	out->name = repair_start_name_at(r, at);
	out->kind = repair_is_start_tag(r, at) ? START : TEXT;
	if (out->kind == START && !repair_read_tag(r, at, &out->tag))
		return false;
	out->after = out->kind == START ? out->tag.after : at + 1;
	return true;
}

static bool is_balanced(struct repair *r, size_t at, size_t end)
{
	struct span open[REPAIR_DEPTH_MAX];
	/* The element that the run is in will be open, too. */
	size_t depth = 0, room = REPAIR_DEPTH_MAX - 1 - r->depth;
	struct piece piece;

	for (; (at = repair_find(r, at, '<')) < end; at = piece.after) {
		if (!read_piece(r, at, &piece) || piece.after > end)
			return false;
		if (piece.kind == START && !piece.tag.is_empty) {
			if (depth == room)
				return false;
			open[depth++] = piece.name;
		} else if (piece.kind == END) {
			if (depth == 0 || !repair_same_bytes(r, open[--depth], piece.name))
				return false;
		}
	}
	return depth == 0;
}

bool repair_is_balanced(struct repair *r, struct span run)
{
	struct build *problems_to = r->problems_to;
	bool was_cut = r->is_cut, is;

	/* What is wrong with a tag is told of when it is written. */
	r->problems_to = NULL;
	is = is_balanced(r, run.at, run.at + run.length);
	r->problems_to = problems_to;
	r->is_cut = was_cut;
	return is;
}

static void write_piece(struct repair *r, size_t at, struct piece *piece)
{
	switch (piece->kind) {
	case CDATA:
		repair_write_cdata(r, &piece->cdata);
		break;
	case START:
		repair_open_element(r, &piece->tag, NAME_UNKNOWN, NULL);
		break;
	case END:
		repair_pop(r);
		break;
	case TEXT:
		repair_tell(r, PROBLEM_LESS, at, (struct span){ 0, 0 });
		repair_put_text(r, "&lt;");
		break;
	case SKIP:
		break;
	}
}

void repair_write_balanced(struct repair *r, struct span run)
{
	size_t at = run.at, from = at, end = run.at + run.length;
	struct piece piece;

	while ((at = repair_find(r, at, '<')) < end && read_piece(r, at, &piece)) {
		repair_write(r, (struct span){ from, at - from }, MODE_TEXT);
		write_piece(r, at, &piece);
		at = from = piece.after;
	}
	repair_write(r, (struct span){ from, end - from }, MODE_TEXT);
}
