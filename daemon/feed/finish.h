#ifndef FEED_FINISH_H
#define FEED_FINISH_H

/*
 * From draft to document: what the best candidates of an item or feed become
 * once its element has closed.  Knows slots, no elements.
 */
struct reader;

/* The open item; ends the builder's.  One that says nothing is an item, too:
 * how many there are is the feed's to say. */
void finish_item(struct reader *reader);

/* What the feed says of itself. */
void finish_feed(struct reader *reader);

#endif
