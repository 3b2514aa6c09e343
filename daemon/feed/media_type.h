#ifndef FEED_MEDIA_TYPE_H
#define FEED_MEDIA_TYPE_H

/*
 * What kind of file an address leads to, by its ending, for feeds that don't
 * say.  Knows the kinds that feeds attach, and nothing of what is served there.
 */

/*
 * The media type of the file at the absolute address (its path, not what is
 * behind ? or #), a static string, where `said` leaves it open: nothing, "image" and the
 * like, or an asterisk behind "image/".  NULL if `said` says enough, or the
 * ending says nothing or another kind.
 */
const char *media_type_guess(const char *said, const char *url);

#endif
