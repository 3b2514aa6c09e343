#ifndef FEED_FINISH_ROWS_H
#define FEED_FINISH_ROWS_H

/*
 * The lists of a draft: which persons and attachments count, and which are the
 * same.  See feed/finish.h.
 */
struct reader;

/* Authors: only those of the highest priority there is, each name once; all
 * contributors and other roles behind them. */
void finish_persons(struct reader *reader);

/* Attachments by priority, each URL once; what one lacks another may know.  An
 * image among them is the item's where it has none.  Those that are not of the
 * web (magnet:, ftp:) become extensions by the names of their elements. */
void finish_attachments(struct reader *reader);

#endif
