#ifndef FEED_FINISH_SPARE_H
#define FEED_FINISH_SPARE_H

/*
 * What lost to something better, so that it is lost to nobody: a podcast's
 * subtitle beside its description, a second date, the link that a service
 * replaced.  See feed/finish.h.
 */
struct reader;

/* Extensions, and links of links (of the web), for all that says something else
 * than what won.  Behind the finished rest of the feed or item that is open. */
void finish_spares(struct reader *reader);

#endif
