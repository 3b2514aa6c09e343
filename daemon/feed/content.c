/*
 * Whole contents beside a description: RSS's content module, XHTML bodies and
 * a few others that news agencies use.
 */
#include "daemon/feed/reader.h"

/* <xhtml:body> or <div>: its elements are meant. */
static void start_xhtml(struct reader *reader, const struct xml_element *element)
{
	(void)element;
	reader->frames[reader->depth - 1].escapes = true;
}

#define HTML(rank) .slot = SLOT_CONTENT, .priority = rank, .type = TEXT_HTML

const struct rule content_rules[] = {
	{ .ns = NS_CONTENT, .local = "encoded", .where = IN_BOTH, HTML(90) },
	/* The old form: <content:items><rdf:Bag><rdf:li><content:item><rdf:value>. */
	{ .ns = NS_CONTENT, .local = "items", .where = IN_ITEM, .inside = IN_MEDIA },
	{ .ns = NS_CONTENT, .local = "item", .where = IN_MEDIA, .inside = IN_MEDIA },
	{ .ns = NS_CONTENT, .local = "format", .where = IN_MEDIA, .inside = IN_VOID },
	{ .ns = NS_CONTENT, .local = "encoding", .where = IN_MEDIA, .inside = IN_VOID },
	{ .ns = NS_RDF, .local = "bag", .where = IN_MEDIA, .inside = IN_MEDIA },
	{ .ns = NS_RDF, .local = "li", .where = IN_MEDIA, .inside = IN_MEDIA },
	{ .ns = NS_RDF, .local = "value", .where = IN_MEDIA, HTML(60) },
	{ .ns = NS_XHTML, .local = "body", .where = IN_ITEM, HTML(75), .start = start_xhtml },
	{ .ns = NS_XHTML, .local = "div", .where = IN_ITEM, HTML(74), .start = start_xhtml },
	{ .ns = NS_NONE, .local = "body", .where = IN_ITEM, HTML(75) },
	{ .ns = NS_NONE, .local = "div", .where = IN_ITEM, HTML(74) },
	/* What Russian search engines are given: the article, where the rest of the item
	 * has a line of it. */
	{ .ns = NS_TURBO, .local = "content", .where = IN_ITEM, HTML(62) },
	{ .ns = NS_YANDEX, .local = "full-text", .where = IN_ITEM, HTML(58) },
	{ .ns = NS_MAILRU, .local = "full-text", .where = IN_ITEM, HTML(57) },
	{ .ns = NS_RAMBLER, .local = "full-text", .where = IN_ITEM, HTML(56) },
	{ .ns = NS_RAMBLER, .local = "fulltext", .where = IN_ITEM, HTML(56) },
	{ .ns = NS_NONE, .local = "fullitem", .where = IN_ITEM, HTML(60) },
	{ .ns = NS_NONE, .local = "fulltext", .where = IN_ITEM, HTML(50) },
	{ .ns = NS_NONE, .local = "full-text", .where = IN_ITEM, HTML(50) },
	{ .local = NULL },
};
