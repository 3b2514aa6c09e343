#include <string.h>
#include <strings.h>

#include "common/html_allow.h"
#include "common/html_tree.h"

/* ---- declarations -------------------------------------------------------- */

struct slice {
	const char *at;
	size_t length;
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static struct slice trimmed(const char *at, size_t length)
{
	while (length > 0 && is_space(at[length - 1]))
		length--;
	for (; length > 0 && is_space(*at); length--)
		at++;
	return (struct slice){ at, length };
}

static bool is_named(struct slice text, const char *name)
{
	return text.length == strlen(name) && strncasecmp(text.at, name, text.length) == 0;
}

/* What an element's style says of a property, without "!important"; of two, the
 * last counts. */
static struct slice style_of(const GumboNode *element, const char *property)
{
	const char *style = html_attribute(element, "style");
	struct slice found = { "", 0 };

	while (style != NULL && *style != '\0') {
		size_t length = strcspn(style, ";");
		size_t name = strcspn(style, ":;");

		if (name < length && is_named(trimmed(style, name), property)) {
			const char *value = style + name + 1;
			size_t n = strcspn(value, ";!");

			found = trimmed(value, n);
		}
		style += length + (style[length] == ';');
	}
	return found;
}

bool html_style_has(const GumboNode *element, const char *property, const char *word)
{
	struct slice value = style_of(element, property);

	while (value.length > 0) {
		size_t n = 0;

		while (n < value.length && !is_space(value.at[n]))
			n++;
		if (is_named((struct slice){ value.at, n }, word))
			return true;
		value = trimmed(value.at + n, value.length - n);
	}
	return false;
}

/* ---- what can't be seen -------------------------------------------------- */

/* Whether a length is at most one pixel: "1.33ex" is a formula's, "1em" a letter's. */
static bool is_tiny(struct slice size)
{
	double number = 0, place = 1;
	size_t i = 0, digits = 0;
	struct slice unit;

	for (; i < size.length && is_digit(size.at[i]); i++, digits++)
		number = number * 10 + (size.at[i] - '0');
	if (i < size.length && size.at[i] == '.')
		for (i++; i < size.length && is_digit(size.at[i]); i++, digits++) {
			place /= 10;
			number += (size.at[i] - '0') * place;
		}
	unit = trimmed(size.at + i, size.length - i);
	if (digits == 0 || is_named(unit, "%"))
		return false;
	return number == 0 || (number <= 1 && (unit.length == 0 || is_named(unit, "px")));
}

static bool is_thin(const GumboNode *image, const char *side, const char *most)
{
	const char *value = html_attribute(image, side);

	return (value != NULL && is_tiny(trimmed(value, strlen(value)))) ||
	       is_tiny(style_of(image, side)) || is_tiny(style_of(image, most));
}

/* Whether a size is said at all, whatever it is: not by "auto". */
static bool is_size(struct slice size)
{
	return size.length > 0 && (is_digit(size.at[0]) || size.at[0] == '.');
}

/* By an attribute that stays when the image is cleaned: in digits, or in percent. */
static bool keeps_size(const GumboNode *image, const char *side)
{
	const char *value = html_attribute(image, side);
	size_t digits = value != NULL ? strspn(value, "0123456789") : 0;

	return digits > 0 && (value[digits] == '\0' || strcmp(value + digits, "%") == 0);
}

/* Whether it is thin in one direction and says nothing of the other, which is as far as
 * that makes it.  What is cleaned keeps no more than attributes, and is judged alike. */
static bool is_thin_alone(
	const GumboNode *image, const char *side, const char *most, const char *other)
{
	const char *value = html_attribute(image, other);

	if (!is_thin(image, side, most) || keeps_size(image, other))
		return false;
	return keeps_size(image, side) ||
	       (!is_size(style_of(image, other)) &&
		       (value == NULL || !is_size(trimmed(value, strlen(value)))));
}

bool html_is_dot(const GumboNode *image)
{
	if (is_thin(image, "width", "max-width") && is_thin(image, "height", "max-height"))
		return true;
	return is_thin_alone(image, "width", "max-width", "height") ||
	       is_thin_alone(image, "height", "max-height", "width");
}

bool html_is_hidden(const GumboNode *element)
{
	const char *hidden = html_attribute(element, "hidden");

	/* A search on the page opens what is "until-found". */
	if (hidden != NULL && strcasecmp(hidden, "until-found") != 0)
		return true;
	return html_style_has(element, "display", "none") ||
	       html_style_has(element, "visibility", "hidden");
}

/* A picture that a script lets fade in once it is loaded: it has sizes, or a transition. */
static bool fades_in(const GumboNode *image)
{
	static const char *const names[] = { "data-lazy-src", "data-lazy-srcset", "data-original",
		"data-src", "data-srcset", "srcset" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (html_attribute(image, names[i]) != NULL)
			return true;
	return style_of(image, "transition").length > 0 ||
	       (html_attribute(image, "width") != NULL && html_attribute(image, "height") != NULL);
}

/* Never seen. */
static bool is_clear(const GumboNode *image)
{
	struct slice opacity = style_of(image, "opacity");
	size_t i = 0;

	while (i < opacity.length && strchr("0.%", opacity.at[i]) != NULL)
		i++;
	return i > 0 && i == opacity.length && !fades_in(image);
}

bool html_is_pixel(const GumboNode *image)
{
	const char *source = html_attribute(image, "src");

	if (html_is_hidden(image) || is_clear(image) || html_is_dot(image))
		return true;
	return source != NULL && html_is_tracker(source);
}
