/*
 * Media RSS (https://www.rssboard.org/media-rss): files, alone or in groups,
 * and what is said of them.  What stands in a group or file speaks of the
 * item, too, behind all that the item says of itself.
 */
#include <string.h>
#include <strings.h>

#include "daemon/feed/date.h"
#include "daemon/feed/reader.h"

static struct draft_attachment *open_file(struct reader *reader)
{
	if (reader->attachment < 0 || (uint32_t)reader->attachment >= reader->now->attachment_count)
		return NULL;
	return &reader->now->attachments[reader->attachment];
}

/* How well the file is described where no type is given. */
static const char *type_of_medium(const char *medium)
{
	if (medium == NULL)
		return NULL;
	return strcasecmp(medium, "image") == 0   ? "image/*"
	       : strcasecmp(medium, "audio") == 0 ? "audio/*"
	       : strcasecmp(medium, "video") == 0 ? "video/*"
						  : NULL;
}

/* What a file is like beyond what an attachment says, file by file. */
static void keep_qualities(struct reader *reader, const struct xml_element *element)
{
	static const char *const names[][2] = { { "width", "media:content@width" },
		{ "height", "media:content@height" }, { "bitrate", "media:content@bitrate" },
		{ "framerate", "media:content@framerate" }, { "lang", "media:content@lang" } };
	size_t i;

	for (i = 0; reader_keeps(reader) && i < sizeof(names) / sizeof(names[0]); i++)
		reader_extension_attribute(
			reader, names[i][1], xml_attribute(element, names[i][0]));
}

static int64_t width_of(const struct xml_element *element)
{
	int64_t width = reader_number(xml_attribute(element, "width"));

	return width > 0 ? width : -1;
}

/* Offer a picture by `offer`.  One that is narrower, of those that rank alike, gives way;
 * of which it is not known how wide it is, stays. */
static void offer_picture(struct reader *reader, uint8_t priority, const char *url, int64_t width,
	void (*offer)(struct reader *reader, uint8_t priority, const char *url))
{
	struct draft *draft = reader->now;
	struct value *image = &draft->slots[SLOT_IMAGE];
	const struct value before = *image;

	if (before.priority == priority && before.offset == draft->wide && draft->image_width > 0 &&
		width > draft->image_width)
		image->priority--;
	offer(reader, priority, url);
	if (before.length != 0 && image->offset == before.offset) {
		image->priority = before.priority;
		return;
	}
	draft->wide = image->offset;
	draft->image_width = width;
}

static void offer_content(struct reader *reader, uint8_t priority, const char *url)
{
	reader_offer_attribute(reader, SLOT_IMAGE, priority, url);
}

static void offer_thumbnail(struct reader *reader, uint8_t priority, const char *url)
{
	reader_offer(reader, SLOT_IMAGE, priority, TEXT_PLAIN, url, strlen(url));
}

static void start_content(struct reader *reader, const struct xml_element *element)
{
	const char *duration = xml_attribute(element, "duration");
	const char *type = xml_attribute(element, "type");
	const char *medium = xml_attribute(element, "medium"), *url = xml_attribute(element, "url");
	const char *first = xml_attribute(element, "isDefault");
	bool is_default = first != NULL && strcasecmp(first, "true") == 0;
	struct draft_attachment *file;

	reader->attachment = -1;
	/* Of several forms of one file, the one that the publisher would show. */
	file = reader_attachment(reader, is_default ? 51 : 50, url,
		type != NULL ? type : type_of_medium(medium), NULL,
		xml_attribute(element, "fileSize"));
	if ((medium != NULL && strcasecmp(medium, "image") == 0) ||
		(type != NULL && strncasecmp(type, "image/", 6) == 0))
		offer_picture(reader, is_default ? 46 : 45, url, width_of(element), offer_content);
	if (file == NULL)
		return;
	file->width = width_of(element);
	keep_qualities(reader, element);
	if (duration != NULL)
		file->duration_s = duration_parse(duration, strlen(duration));
	reader->attachment = (int)reader->now->attachment_count - 1;
}

static void end_content(struct reader *reader, const char *text, size_t length)
{
	(void)text, (void)length;
	reader->attachment = -1;
}

static void start_thumbnail(struct reader *reader, const struct xml_element *element)
{
	const char *url = xml_attribute(element, "url");

	if (url != NULL)
		offer_picture(reader, 60, url, width_of(element), offer_thumbnail);
}

/* <media:thumbnail>address</media:thumbnail> */
static void end_thumbnail(struct reader *reader, const char *text, size_t length)
{
	reader_offer(reader, SLOT_IMAGE, 59, TEXT_PLAIN, text, length);
}

static void start_text(struct reader *reader, const struct xml_element *element)
{
	const char *type = xml_attribute(element, "type");

	reader->construct_type = type != NULL && strcasecmp(type, "plain") == 0  ? TEXT_PLAIN
				 : type != NULL && strcasecmp(type, "html") == 0 ? TEXT_HTML
										 : TEXT_GUESS;
}

static void end_title(struct reader *reader, const char *text, size_t length)
{
	struct draft_attachment *file = open_file(reader);

	if (file != NULL)
		reader_suggest(reader, SLOT_TITLE, 40, reader->construct_type, text, length);
	else
		reader_offer(reader, SLOT_TITLE, reader_where(reader) == IN_MEDIA ? 40 : 50,
			reader->construct_type, text, length);
	if (file != NULL && file->title.length == 0)
		file->title = draft_text(reader->now, text, length);
}

static void end_description(struct reader *reader, const char *text, size_t length)
{
	struct draft_attachment *file = open_file(reader);

	if (file != NULL && file->caption.length == 0)
		file->caption = draft_text(reader->now, text, length);
	reader_offer(reader, SLOT_SUMMARY, reader_where(reader) == IN_MEDIA ? 50 : 55,
		reader->construct_type, text, length);
}

/* Its attributes wait in the scratch for its text: scheme, NUL, label. */
static void start_category(struct reader *reader, const struct xml_element *element)
{
	const char *scheme = xml_attribute(element, "scheme"),
		   *label = xml_attribute(element, "label");

	buf_clear(&reader->scratch);
	if (buf_add_text(&reader->scratch, scheme != NULL ? scheme : "") < 0 ||
		buf_add_byte(&reader->scratch, '\0') < 0 ||
		buf_add_text(&reader->scratch, label != NULL ? label : "") < 0)
		buf_clear(&reader->scratch);
}

static void end_category(struct reader *reader, const char *text, size_t length)
{
	const char *scheme = reader->scratch.data;
	bool any = reader->scratch.length != 0;

	reader_category_text(reader, text, length, any ? scheme : NULL,
		any ? scheme + strlen(scheme) + 1 : NULL);
}

static void start_player(struct reader *reader, const struct xml_element *element)
{
	reader_link(reader, "media:player", xml_attribute(element, "url"), NULL, NULL, NULL);
}

/* <media:credit role="author"> names one; other roles are told as they are. */
static void start_credit(struct reader *reader, const struct xml_element *element)
{
	const char *role = xml_attribute(element, "role");

	buf_clear(&reader->scratch);
	if (role != NULL && strlen(role) < 64 &&
		buf_printf(&reader->scratch, "media:credit@%s", role) < 0)
		buf_clear(&reader->scratch);
}

static void end_credit(struct reader *reader, const char *text, size_t length)
{
	reader_extension(reader,
		reader->scratch.length != 0 ? reader->scratch.data : "media:credit", text, length);
}

static void start_rating(struct reader *reader, const struct xml_element *element)
{
	reader_extension_attribute(reader, "media:starRating", xml_attribute(element, "average"));
	reader_extension_attribute(
		reader, "media:starRating@count", xml_attribute(element, "count"));
}

static void start_statistics(struct reader *reader, const struct xml_element *element)
{
	reader_extension_attribute(reader, "media:views", xml_attribute(element, "views"));
	reader_extension_attribute(reader, "media:favorites", xml_attribute(element, "favorites"));
}

static void start_peer_link(struct reader *reader, const struct xml_element *element)
{
	reader_attachment(reader, 40, xml_attribute(element, "href"),
		xml_attribute(element, "type"), NULL, NULL);
}

static void start_license(struct reader *reader, const struct xml_element *element)
{
	reader_link(reader, "license", xml_attribute(element, "href"),
		xml_attribute(element, "type"), NULL, NULL);
}

#define MEDIA(name) .ns = NS_MEDIA, .local = name, .where = IN_BOTH | IN_MEDIA

const struct rule media_rules[] = {
	{ MEDIA("group"), .inside = IN_MEDIA },
	{ MEDIA("content"), .inside = IN_MEDIA, .start = start_content, .end = end_content },
	{ MEDIA("community"), .inside = IN_MEDIA },
	{ MEDIA("thumbnail"), .start = start_thumbnail, .end = end_thumbnail },
	{ MEDIA("title"), .start = start_text, .end = end_title },
	{ MEDIA("description"), .start = start_text, .end = end_description },
	{ MEDIA("text"), .slot = SLOT_SUMMARY, .priority = 30, .type = TEXT_GUESS },
	{ MEDIA("keywords"), .end = reader_keywords },
	{ MEDIA("category"), .start = start_category, .end = end_category },
	{ MEDIA("copyright"), .slot = SLOT_RIGHTS, .priority = 50, .type = TEXT_GUESS },
	{ MEDIA("player"), .start = start_player },
	{ MEDIA("credit"), .start = start_credit, .end = end_credit },
	{ MEDIA("starrating"), .start = start_rating },
	{ MEDIA("statistics"), .start = start_statistics },
	{ MEDIA("peerlink"), .start = start_peer_link },
	{ MEDIA("license"), .start = start_license },
	{ MEDIA("hash"), .inside = IN_VOID },
	{ .local = NULL },
};
