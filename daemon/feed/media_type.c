#include "daemon/feed/media_type.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char *ending;
	const char *type;
} types[] = {
	{ "mp3", "audio/mpeg" },
	{ "m4a", "audio/mp4" },
	{ "m4b", "audio/mp4" },
	{ "aac", "audio/aac" },
	{ "ogg", "audio/ogg" },
	{ "oga", "audio/ogg" },
	{ "opus", "audio/ogg" },
	{ "flac", "audio/flac" },
	{ "wav", "audio/wav" },
	{ "mp4", "video/mp4" },
	{ "m4v", "video/mp4" },
	{ "webm", "video/webm" },
	{ "ogv", "video/ogg" },
	{ "mov", "video/quicktime" },
	{ "mkv", "video/x-matroska" },
	{ "jpg", "image/jpeg" },
	{ "jpeg", "image/jpeg" },
	{ "png", "image/png" },
	{ "gif", "image/gif" },
	{ "webp", "image/webp" },
	{ "avif", "image/avif" },
	{ "svg", "image/svg+xml" },
	{ "pdf", "application/pdf" },
	{ "epub", "application/epub+zip" },
	{ "zip", "application/zip" },
	{ "torrent", "application/x-bittorrent" },
};

/* What is behind the last point of the path's last part; "" if there is none. */
static const char *ending_of(const char *url, size_t *out_length)
{
	const char *host = strstr(url, "://"), *path, *end, *at;

	*out_length = 0;
	if (host == NULL)
		return "";
	path = host + 3 + strcspn(host + 3, "/?#");
	end = path + strcspn(path, "?#");
	for (at = end; at > path && at[-1] != '/'; at--) {
		if (at[-1] != '.')
			continue;
		*out_length = (size_t)(end - at);
		return at;
	}
	return "";
}

/* "image", which some write for "image/...", or "image/" and an asterisk. */
static bool is_kind(const char *said, const char *type)
{
	size_t length = strcspn(said, "/");

	return (said[length] == '\0' || strcmp(said + length, "/*") == 0) &&
	       strncasecmp(said, type, length) == 0 && type[length] == '/';
}

static bool fits(const char *said, const char *type)
{
	return said[0] == '\0' || is_kind(said, type);
}

const char *media_type_guess(const char *said, const char *url)
{
	size_t ending_length, i;
	const char *ending = ending_of(url, &ending_length);

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strlen(types[i].ending) == ending_length &&
			strncasecmp(ending, types[i].ending, ending_length) == 0)
			return fits(said, types[i].type) ? types[i].type : NULL;
	return NULL;
}
