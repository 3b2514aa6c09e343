#include "daemon/feed/finish_rows.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "daemon/feed/date.h"
#include "daemon/feed/link.h"
#include "daemon/feed/media_type.h"
#include "daemon/feed/reader.h"
#include "daemon/feed/text.h"

#define IMAGE_PRIORITY 30

static const char *peek(const struct reader *reader, const struct value *value)
{
	return draft_peek(reader->now, value);
}

static struct feed_text line(struct reader *reader, const struct value *value, enum text_type type)
{
	return text_title(reader->build, type, peek(reader, value), value->length,
		reader->limits->title_max, &reader->finish);
}

static struct feed_text url(struct reader *reader, const struct value *value)
{
	return link_text(reader->build, reader_base_url(reader, value->base), peek(reader, value),
		value->length, reader->limits->link_max, &reader->finish);
}

/* ---- persons ---- */

static bool is_author(const struct draft_person *person)
{
	return strcmp(person->role, "author") == 0;
}

static bool same(const struct reader *reader, const struct value *a, const struct value *b)
{
	return a->length == b->length &&
	       strncasecmp(peek(reader, a), peek(reader, b), a->length) == 0;
}

/* Whether nothing speaks for these being two: a part that both have is equal,
 * and there is one that both have. */
static bool is_same_person(
	const struct reader *reader, const struct draft_person *a, const struct draft_person *b)
{
	bool both_named = a->name.length != 0 && b->name.length != 0;
	bool both_reachable = a->email.length != 0 && b->email.length != 0;
	bool both_at_home = a->url.length != 0 && same(reader, &a->url, &b->url);

	if (strcmp(a->role, b->role) != 0)
		return false;
	if (both_named && !same(reader, &a->name, &b->name))
		return false;
	if (both_reachable && !same(reader, &a->email, &b->email))
		return false;
	return both_named || both_reachable || both_at_home;
}

static void fill(struct value *to, const struct value *from)
{
	if (to->length == 0)
		*to = *from;
}

static bool merge_into_earlier(struct reader *reader, uint32_t at)
{
	struct draft_person *persons = reader->now->persons;
	uint32_t i;

	for (i = 0; i < at; i++) {
		if (!is_same_person(reader, &persons[i], &persons[at]))
			continue;
		fill(&persons[i].name, &persons[at].name);
		fill(&persons[i].email, &persons[at].email);
		fill(&persons[i].url, &persons[at].url);
		fill(&persons[i].avatar, &persons[at].avatar);
		return true;
	}
	return false;
}

/* He is none of the authors that count: he stays under his element's name. */
static void keep_elsewhere(struct reader *reader, const struct draft_person *person, uint8_t best)
{
	const struct draft *draft = reader->now;
	const struct value *said = person->name.length != 0    ? &person->name
				   : person->email.length != 0 ? &person->email
							       : &person->url;
	uint32_t i;

	for (i = 0; i < draft->person_count; i++)
		if (draft->persons[i].priority == best &&
			is_same_person(reader, &draft->persons[i], person))
			return;
	reader_extension(reader, peek(reader, &person->element), peek(reader, said), said->length);
}

/* Forget the authors of lower priority and those that are there twice. */
static void thin_out(struct reader *reader)
{
	struct draft *draft = reader->now;
	uint32_t i, kept = 0;
	uint8_t best = 0;

	for (i = 0; i < draft->person_count; i++)
		if (is_author(&draft->persons[i]) && draft->persons[i].priority > best)
			best = draft->persons[i].priority;
	for (i = 0; i < draft->person_count && reader_keeps(reader); i++)
		if (is_author(&draft->persons[i]) && draft->persons[i].priority < best)
			keep_elsewhere(reader, &draft->persons[i], best);
	for (i = 0; i < draft->person_count; i++) {
		if (is_author(&draft->persons[i]) && draft->persons[i].priority < best)
			continue;
		draft->persons[kept] = draft->persons[i];
		if (!merge_into_earlier(reader, kept))
			kept++;
	}
	draft->person_count = kept;
}

/* Where no author is named, whose the feed is is the next best.  Who runs the machine
 * (webMaster) wrote none of it. */
static void promote(struct draft *draft)
{
	uint32_t i;

	for (i = 0; i < draft->person_count; i++)
		if (is_author(&draft->persons[i]))
			return;
	for (i = 0; i < draft->person_count; i++)
		if (strcmp(draft->persons[i].role, "owner") == 0) {
			draft->persons[i].role = "author";
			return;
		}
}

void finish_persons(struct reader *reader)
{
	struct draft *draft = reader->now;
	struct feed_person row;
	uint32_t i;

	if (draft->person_count == 0)
		return;
	promote(draft);
	thin_out(reader);
	for (i = 0; i < draft->person_count; i++) {
		const struct draft_person *person = &draft->persons[i];

		row.name = line(reader, &person->name, TEXT_GUESS);
		row.email = line(reader, &person->email, TEXT_PLAIN);
		row.url = url(reader, &person->url);
		row.avatar = url(reader, &person->avatar);
		row.role = build_text(reader->build, person->role, strlen(person->role), 64);
		if (!feed_text_present(row.name) && !feed_text_present(row.email) &&
			!feed_text_present(row.url))
			continue; /* nothing but markup, or an address that is none */
		build_person(reader->build, &row);
	}
}

/* ---- attachments ---- */

static struct draft_attachment *earlier_with_url(struct reader *reader, uint32_t at)
{
	struct draft_attachment *all = reader->now->attachments;
	uint32_t i;

	for (i = 0; i < at; i++)
		if (all[i].url.length == all[at].url.length &&
			memcmp(peek(reader, &all[i].url), peek(reader, &all[at].url),
				all[at].url.length) == 0)
			return &all[i];
	return NULL;
}

static void merge(struct draft_attachment *to, const struct draft_attachment *from)
{
	fill(&to->mime_type, &from->mime_type);
	fill(&to->title, &from->title);
	fill(&to->caption, &from->caption);
	if (to->size < 0)
		to->size = from->size;
	if (to->duration_s < 0)
		to->duration_s = from->duration_s;
	if (to->width < 0)
		to->width = from->width;
	if (to->priority < from->priority)
		to->priority = from->priority;
}

static void merge_equal(struct reader *reader)
{
	struct draft *draft = reader->now;
	struct draft_attachment *earlier;
	uint32_t i, kept = 0;

	for (i = 0; i < draft->attachment_count; i++) {
		draft->attachments[kept] = draft->attachments[i];
		earlier = earlier_with_url(reader, kept);
		if (earlier != NULL)
			merge(earlier, &draft->attachments[kept]);
		else
			kept++;
	}
	draft->attachment_count = kept;
}

/* An insertion sort: there are few, and equals must stay in order. */
static void sort(struct draft *draft)
{
	uint32_t i, k;

	for (i = 1; i < draft->attachment_count; i++) {
		struct draft_attachment one = draft->attachments[i];

		for (k = i; k > 0 && draft->attachments[k - 1].priority < one.priority; k--)
			draft->attachments[k] = draft->attachments[k - 1];
		draft->attachments[k] = one;
	}
}

static bool is_image(const struct reader *reader, const struct draft_attachment *attachment)
{
	const char *type = peek(reader, &attachment->mime_type);

	return strncasecmp(type, "image/", 6) == 0 || strcasecmp(type, "image") == 0;
}

/* The first that is one, or where it is told how wide that is, the widest of its like. */
static void take_image(struct reader *reader, const struct draft_attachment *attachment,
	const struct draft_attachment **taken)
{
	struct value *image = &reader->now->slots[SLOT_IMAGE];
	const struct draft_attachment *before = *taken;

	if (!is_image(reader, attachment))
		return;
	if (before != NULL ? before->width < 0 || attachment->width <= before->width ||
				     attachment->priority != before->priority
			   : image->priority >= IMAGE_PRIORITY)
		return;
	*image = attachment->url;
	image->priority = IMAGE_PRIORITY;
	*taken = attachment;
}

/* Many say nothing of what a picture is, and it should be seen all the same. */
static void take_type(struct reader *reader, struct draft_attachment *attachment, const char *url)
{
	const char *type = media_type_guess(peek(reader, &attachment->mime_type), url);

	if (type != NULL)
		attachment->mime_type = draft_text(reader->now, type, strlen(type));
}

/* itunes:duration is of the episode: of the first attachment that can have one. */
static bool take_duration(struct reader *reader, struct draft_attachment *attachment)
{
	const struct value *said = &reader->now->slots[SLOT_DURATION];

	if (is_image(reader, attachment))
		return false;
	if (attachment->duration_s < 0)
		attachment->duration_s = duration_parse(peek(reader, said), said->length);
	return attachment->duration_s >= 0;
}

/* Where there is none, or nobody can read it, it is kept as it stands. */
static void keep_duration(struct reader *reader)
{
	const struct value *said = &reader->now->slots[SLOT_DURATION];

	reader_extension(reader, peek(reader, &reader->now->named[SLOT_DURATION]),
		peek(reader, said), said->length);
}

void finish_attachments(struct reader *reader)
{
	struct draft *draft = reader->now;
	bool is_spent = draft->slots[SLOT_DURATION].length == 0; /* the duration */
	const struct draft_attachment *image = NULL;
	struct feed_attachment row;
	uint32_t i;

	merge_equal(reader);
	sort(draft);
	for (i = 0; i < draft->attachment_count; i++) {
		struct draft_attachment *attachment = &draft->attachments[i];

		row.url = url(reader, &attachment->url);
		if (row.url.length == 0) { /* not of the web: a text */
			reader_extension(reader, peek(reader, &attachment->element),
				peek(reader, &attachment->url), attachment->url.length);
			continue;
		}
		take_type(reader, attachment, build_peek(reader->build, row.url));
		is_spent = is_spent || take_duration(reader, attachment);
		row.mime_type = line(reader, &attachment->mime_type, TEXT_PLAIN);
		row.title = line(reader,
			attachment->title.length > 0 ? &attachment->title : &attachment->caption,
			TEXT_GUESS);
		row.size = attachment->size;
		row.duration_s = attachment->duration_s;
		build_attachment(reader->build, &row);
		take_image(reader, attachment, &image);
	}
	if (!is_spent)
		keep_duration(reader);
}
