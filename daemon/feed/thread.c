/*
 * What belongs to an item's discussion: slash, the comment API (wfw), the
 * threading extension (RFC 4685), pingback and trackback.
 */
#include <string.h>

#include "daemon/feed/reader.h"

/* The comments' own feed. */
static void end_comment_feed(struct reader *reader, const char *text, size_t length)
{
	(void)length;
	reader_link(reader, "replies", text, "application/rss+xml", NULL, NULL);
}

static void end_comment_api(struct reader *reader, const char *text, size_t length)
{
	(void)length;
	reader_link(reader, "wfw:comment", text, NULL, NULL, NULL);
}

static void start_in_reply_to(struct reader *reader, const struct xml_element *element)
{
	const char *ref = xml_attribute(element, "ref"), *href = xml_attribute(element, "href");

	if (ref != NULL)
		reader_extension(reader, "thr:in-reply-to", ref, strlen(ref));
	reader_extension_address(
		reader, "thr:in-reply-to@source", xml_attribute(element, "source"));
	reader_link(reader, "in-reply-to", href, xml_attribute(element, "type"), NULL, NULL);
}

const struct rule thread_rules[] = {
	{ .ns = NS_WFW, .local = "commentrss", .where = IN_ITEM, .end = end_comment_feed },
	{ .ns = NS_WFW, .local = "comment", .where = IN_ITEM, .end = end_comment_api },
	{ .ns = NS_THR, .local = "in-reply-to", .where = IN_ITEM, .start = start_in_reply_to },
	{ .local = NULL },
};
