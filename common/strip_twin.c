#include <string.h>

#include "common/strip_token.h"

/* What a picture is known by, as it is written. */
struct picture {
	struct strip_attribute alt;
	struct strip_attribute urls[5]; /* src, and what scripts put there */
	size_t url_count;
};

static struct picture picture_of(const struct strip_token *image)
{
	static const char *const names[] = { "data", "data-lazy-src", "data-original", "data-src",
		"src" };
	const char *at = image->attributes, *end = image->start + image->length;
	struct picture picture;
	struct strip_attribute a;

	memset(&picture, 0, sizeof(picture));
	while (strip_attribute_next(&at, end, &a) == 1) {
		if (a.value_length == 0)
			continue;
		if (strip_same_name(a.name, a.name_length, "alt"))
			picture.alt = a;
		else if (picture.url_count < 5 && STRIP_IS_AMONG(names, &a))
			picture.urls[picture.url_count++] = a;
	}
	return picture;
}

static bool is_same(const struct strip_attribute *one, const struct strip_attribute *other)
{
	return one->value_length == other->value_length && one->value_length > 0 &&
	       memcmp(one->value, other->value, one->value_length) == 0;
}

static bool is_of_web(const struct picture *picture)
{
	size_t i;

	for (i = 0; i < picture->url_count; i++)
		if (picture->urls[i].value_length > 4 &&
			strip_same_name(picture->urls[i].value, 4, "http"))
			return true;
	return false;
}

enum strip_twin strip_twin(const struct strip_token *image, const struct strip_token *other)
{
	struct picture one = picture_of(image), two = picture_of(other);
	size_t i, k;

	for (i = 0; i < one.url_count; i++)
		for (k = 0; k < two.url_count; k++)
			if (is_same(&one.urls[i], &two.urls[k]))
				return STRIP_TWIN;
	if (!is_of_web(&one))
		return is_of_web(&two) ? STRIP_TWIN_BETTER : STRIP_TWIN_NOT;
	return is_same(&one.alt, &two.alt) ? STRIP_TWIN : STRIP_TWIN_NOT;
}
