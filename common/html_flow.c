#include "common/html_flow.h"

#include <string.h>
#include <utf8proc.h>

#include "common/utf8.h"

#define WIDTH_MIN 10
#define MARGIN_MAX 40 /* columns, where the width has no end */

#define NO_BREAK_SPACE 0xA0u
#define SOFT_HYPHEN 0xADu
#define EMOJI_STYLE 0xFE0Fu

void flow_init(struct flow *flow, struct buf *out, size_t width)
{
	memset(flow, 0, sizeof(*flow));
	flow->out = out;
	flow->start = out->length;
	flow->width = width != 0 && width < WIDTH_MIN ? WIDTH_MIN : width;
	flow->room = width == 0 ? SIZE_MAX : flow->width;
	buf_init(&flow->first, SIZE_MAX);
	buf_init(&flow->rest, SIZE_MAX);
	buf_init(&flow->line, SIZE_MAX);
}

void flow_release(struct flow *flow)
{
	buf_release(&flow->first);
	buf_release(&flow->rest);
	buf_release(&flow->line);
}

static void add(struct flow *flow, struct buf *to, const char *text, size_t length)
{
	if (!flow->full && buf_add(to, text, length) < 0)
		flow->full = true;
}

/* ---- characters ---------------------------------------------------------- */

static bool is_regional(uint32_t rune)
{
	return rune >= 0x1F1E6 && rune <= 0x1F1FF;
}

static size_t width_of(uint32_t rune)
{
	int width = utf8proc_charwidth((utf8proc_int32_t)rune);

	return width > 0 ? (size_t)width : 0;
}

/* What a character adds to the grapheme that it continues. */
static size_t width_within(uint32_t rune, size_t so_far)
{
	if (rune == EMOJI_STYLE && so_far == 1)
		return 1;
	/* A vowel sign of India's that stands beside its letter. */
	if (utf8proc_category((utf8proc_int32_t)rune) == UTF8PROC_CATEGORY_MC)
		return 1;
	return is_regional(rune) && so_far < 2 ? 1 : 0;
}

size_t flow_columns(const char *text, size_t length)
{
	int32_t state = 0;
	uint32_t rune, last = 0;
	size_t i = 0, sum = 0, cluster = 0;

	while (i < length) {
		i += utf8_decode(text + i, length - i, &rune);
		if (last != 0 && !utf8proc_grapheme_break_stateful(
					 (utf8proc_int32_t)last, (utf8proc_int32_t)rune, &state)) {
			cluster += width_within(rune, cluster);
		} else {
			sum += cluster;
			cluster = width_of(rune);
		}
		last = rune;
	}
	return sum + cluster;
}

/* Scripts without spaces, whose lines may end between any two characters. */
static bool breaks_anywhere(uint32_t rune)
{
	return (rune >= 0x2E80 && rune <= 0xA4CF) || (rune >= 0xF900 && rune <= 0xFAFF) ||
	       (rune >= 0xFF00 && rune <= 0xFFEF) || (rune >= 0x1F300 && rune <= 0x1FAFF) ||
	       (rune >= 0x20000 && rune <= 0x3FFFF) || (rune >= 0x0E00 && rune <= 0x0E7F);
}

static bool is_in(uint32_t rune, const char *set)
{
	char bytes[5] = "";

	utf8_encode(rune, bytes);
	return bytes[0] != '\0' && strstr(set, bytes) != NULL;
}

/* Whether a line may end between two graphemes: not before what closes, not
 * behind what opens. */
static bool may_break(uint32_t before, uint32_t after)
{
	if (!breaks_anywhere(before) && !breaks_anywhere(after))
		return false;
	if (is_in(after, "、。，．・：；？！）］｝」』】〉》〕”’…ー々ぁぃぅぇぉっゃゅょァィゥェォッ"
			 "ャュョ,.:;?!)]}"))
		return false;
	return !is_in(before, "（［｛「『【〈《〔“‘([{");
}

/* ---- lines --------------------------------------------------------------- */

static size_t margin_width(const struct flow *flow)
{
	return flow_columns(flow->rest.data, flow->rest.length);
}

static void measure_room(struct flow *flow)
{
	flow->room = flow->width == 0 ? SIZE_MAX : flow->width - margin_width(flow);
}

/* How long a text is without the blanks at its end. */
static size_t trimmed(const char *text, size_t length)
{
	while (length > 0 && text[length - 1] == ' ')
		length--;
	return length;
}

static void add_trimmed(struct flow *flow, const char *text, size_t length)
{
	add(flow, flow->out, text, trimmed(text, length));
}

/* A line with its margin; that of an empty one is not left hanging. */
static void write_line(struct flow *flow, const char *text, size_t length)
{
	if (flow->blank && flow->out->length > flow->start) {
		add_trimmed(flow, flow->rest.data, flow->blank_margin);
		add(flow, flow->out, "\n", 1);
	}
	flow->blank = false;
	if (length > 0)
		add(flow, flow->out, flow->first.data, flow->first.length);
	else
		add_trimmed(flow, flow->first.data, flow->first.length);
	add(flow, flow->out, text, length);
	add(flow, flow->out, "\n", 1);
	buf_clear(&flow->first);
	add(flow, &flow->first, flow->rest.data, flow->rest.length);
	flow->lines++;
}

/* The line up to a place, which is at that column; blanks at its end fall off. */
static void write_filled(struct flow *flow, size_t length, size_t column)
{
	size_t text = trimmed(flow->line.data, length);

	if (text == 0)
		return; /* <p>&nbsp;</p> */
	column -= length - text;
	if (column > flow->widest)
		flow->widest = column;
	write_line(flow, flow->line.data, text);
}

static void clear_line(struct flow *flow)
{
	buf_clear(&flow->line);
	flow->column = flow->break_at = flow->break_column = 0;
	flow->cluster_at = flow->cluster_column = 0;
	flow->space = flow->tight = false;
	flow->last = 0;
	flow->graphemes = 0;
}

void flow_break(struct flow *flow)
{
	if (flow->line.length > 0)
		write_filled(flow, flow->line.length, flow->column);
	clear_line(flow);
}

void flow_blank(struct flow *flow)
{
	flow_break(flow);
	if (flow->lines == flow->opened_at)
		return;
	if (!flow->blank || flow->rest.length < flow->blank_margin)
		flow->blank_margin = flow->rest.length;
	flow->blank = true;
}

/* Whether the line is nothing but an address: cut in two it would lead nowhere. */
static bool is_address(const struct flow *flow)
{
	return strncmp(flow->line.data, "http://", 7) == 0 ||
	       strncmp(flow->line.data, "https://", 8) == 0;
}

/* The line has grown too long: what is behind the last place where it may
 * break, or else the last grapheme, goes to the next one. */
static void wrap(struct flow *flow)
{
	bool at_break = flow->break_at > 0;
	size_t at = at_break ? flow->break_at : flow->cluster_at;
	size_t column = at_break ? flow->break_column : flow->cluster_column;

	if (at == 0 || (!at_break && is_address(flow)))
		return; /* one grapheme, wider than all the room, or an address */
	write_filled(flow, at, column);
	buf_consume(&flow->line, at);
	flow->column -= column;
	flow->cluster_at = flow->cluster_at > at ? flow->cluster_at - at : 0;
	flow->cluster_column = flow->cluster_column > column ? flow->cluster_column - column : 0;
	flow->break_at = flow->break_column = 0;
}

static void allow_break(struct flow *flow)
{
	flow->break_at = flow->line.length;
	flow->break_column = flow->column;
}

static void begin_cluster(struct flow *flow, uint32_t rune)
{
	if (flow->space && flow->line.length > 0) {
		add(flow, &flow->line, " ", 1);
		flow->column++;
		allow_break(flow);
	} else if (flow->last != 0 && may_break(flow->last, rune)) {
		allow_break(flow);
	}
	flow->space = false;
	flow->cluster_at = flow->line.length;
	flow->cluster_column = flow->column;
	flow->column += width_of(rune);
}

static void add_rune(struct flow *flow, uint32_t rune)
{
	char bytes[4];
	bool begins = flow->last == 0 || flow->space ||
		      utf8proc_grapheme_break_stateful((utf8proc_int32_t)flow->last,
			      (utf8proc_int32_t)rune, &flow->graphemes);

	if (flow->space)
		flow->graphemes = 0;
	if (begins)
		begin_cluster(flow, rune);
	else
		flow->column += width_within(rune, flow->column - flow->cluster_column);
	add(flow, &flow->line, bytes, utf8_encode(rune, bytes));
	flow->last = rune;
	if (flow->column > flow->room)
		wrap(flow);
}

/* Whether it parts words; '\r' and other controls do, too. */
static bool is_gap(uint32_t rune)
{
	return rune <= ' ' || (rune >= 0x7F && rune <= 0x9F) || rune == 0x2028 || rune == 0x2029;
}

static bool is_hidden(uint32_t rune)
{
	return rune == SOFT_HYPHEN || (utf8_is_unsafe(rune) && rune != 0x200C && rune != 0x200D);
}

void flow_text(struct flow *flow, const char *text, size_t length)
{
	size_t i = 0;
	uint32_t rune;

	while (i < length && !flow->full) {
		i += utf8_decode(text + i, length - i, &rune);
		if (is_gap(rune)) {
			flow->space = flow->line.length > 0 && !flow->tight;
		} else if (!is_hidden(rune)) {
			add_rune(flow, rune == NO_BREAK_SPACE ? ' ' : rune);
			flow->tight = false;
		}
	}
}

void flow_mark(struct flow *flow, const char *text)
{
	flow_text(flow, text, strlen(text));
	flow->tight = true;
}

void flow_glue(struct flow *flow, const char *text)
{
	bool space = flow->space;

	flow->space = false;
	flow_text(flow, text, strlen(text));
	flow->space = space;
}

void flow_verbatim(struct flow *flow, const char *line, size_t length)
{
	struct buf clean;
	size_t i = 0, column = 0;
	uint32_t rune;

	buf_init(&clean, SIZE_MAX);
	flow_break(flow);
	while (i < length) {
		size_t n = utf8_decode(line + i, length - i, &rune);

		i += n;
		if (rune == '\t') {
			do
				add(flow, &clean, " ", 1);
			while (++column % 8 != 0);
			continue;
		}
		if (is_gap(rune) || is_hidden(rune))
			rune = ' ';
		column += width_of(rune);
		if (buf_add_rune(&clean, rune) < 0)
			flow->full = true;
	}
	buf_cut(&clean, trimmed(clean.data, clean.length));
	if (clean.length > 0 || flow->lines > flow->opened_at)
		write_line(flow, clean.data, clean.length);
	buf_release(&clean);
}

/* ---- margins ------------------------------------------------------------- */

void flow_open(struct flow *flow, const char *first, const char *rest, struct flow_margin *margin)
{
	size_t most = flow->width == 0 ? MARGIN_MAX : flow->width / 2;

	flow_break(flow);
	margin->first = flow->first.length;
	margin->rest = flow->rest.length;
	margin->lines = flow->lines;
	margin->opened_at = flow->opened_at;
	flow->opened_at = flow->lines;
	if (margin_width(flow) + flow_columns(rest, strlen(rest)) > most)
		return;
	add(flow, &flow->first, first, strlen(first));
	add(flow, &flow->rest, rest, strlen(rest));
	measure_room(flow);
}

void flow_close(struct flow *flow, const struct flow_margin *margin)
{
	flow_break(flow);
	buf_cut(&flow->first, flow->lines == margin->lines ? margin->first : margin->rest);
	buf_cut(&flow->rest, margin->rest);
	flow->opened_at = margin->opened_at;
	measure_room(flow);
	if (flow->blank_margin > margin->rest)
		flow->blank_margin = margin->rest;
}
