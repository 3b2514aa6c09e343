#ifndef DAEMON_PARSE_ROWS_H
#define DAEMON_PARSE_ROWS_H

#include "common/json.h"
#include "daemon/feed/document.h"

/*
 * A document's rows as members of the JSON object that is open: persons,
 * categories, attachments and the rest.  A list without rows is left out.
 */
struct parse_rows {
	struct json_writer json;
	const struct feed_doc *doc;
};

/* One text; left out if it is absent. */
void parse_put_text(struct parse_rows *rows, const char *key, struct feed_text value);

/* "authors", with e-mail addresses in `_feedd`; all other roles "contributors". */
void parse_put_authors(struct parse_rows *rows, struct feed_range range);
void parse_put_contributors(struct parse_rows *rows, struct feed_range range);

/* Labels, else terms; "categories" only if one has more to say than that. */
void parse_put_tags(struct parse_rows *rows, const char *key, struct feed_range range);
void parse_put_categories(struct parse_rows *rows, struct feed_range range);

void parse_put_attachments(struct parse_rows *rows, struct feed_range range);
/* JSON Feed's, of the document: all its links of that relation. */
void parse_put_hubs(struct parse_rows *rows);

void parse_put_links(struct parse_rows *rows, struct feed_range range);
void parse_put_extensions(struct parse_rows *rows, struct feed_range range);

/* Of the document; always. */
void parse_put_problems(struct parse_rows *rows);

#endif
