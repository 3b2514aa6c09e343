/*
 * Encodings that are declared in each other's place, where every byte means
 * something in both.
 */
#include <iconv.h>
#include <stdio.h>

#include "common/mem.h"
#include "tests/unit/feed/parsed.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const encodings[] = { "windows-1251", "KOI8-R", "KOI8-U", "IBM866",
	"ISO-8859-5" };

static const char *const texts[] = {
	"В среду в столице прошла встреча министров иностранных дел",
	"НОВОСТИ ДНЯ: В МОСКВЕ ОТКРЫЛАСЬ ВЫСТАВКА",
	"Он является официальным языком на территории страны",
	"Той е официалният език на Република България",
};

/* A feed with this text in `real`, which says that it is in `said`. */
static void encode(const char *text, const char *real, const char *said, char *out, size_t size)
{
	iconv_t to_real = iconv_open(real, "UTF-8");
	char *from = mem_strdup(text), *at = from;
	size_t left = strlen(text), n;
	char *end = out;

	assert_true(to_real != (iconv_t)-1);
	n = (size_t)snprintf(out, size, "<?xml version='1.0' encoding='%s'?>%s", said,
		"<rss version='2.0'><channel><description>");
	end += n;
	size -= n;
	assert_int_equal(iconv(to_real, &at, &left, &end, &size), 0);
	snprintf(end, size, "</description></channel></rss>");
	iconv_close(to_real);
	free(from);
}

static void a_text_is_read_in_the_encoding_it_is_in(void **state)
{
	static const char *const more[] = { "iso-8859-1", "windows-1252" };
	char body[1024];
	size_t text, real, said;

	(void)state;
	for (text = 0; text < COUNT(texts); text++)
		for (real = 0; real < COUNT(encodings); real++)
			for (said = 0; said < COUNT(encodings) + COUNT(more); said++) {
				encode(texts[text], encodings[real],
					said < COUNT(encodings) ? encodings[said]
								: more[said - COUNT(encodings)],
					body, sizeof(body));
				assert_doc(body, description, texts[text]);
			}
}

/* Their small letters are the same but one. */
static void windows_and_mac_are_told_apart(void **state)
{
	static const char *const two[] = { "windows-1251", "MAC-CYRILLIC" };
	static const char text[] = "Сегодня в столице состоялась новая встреча";
	char body[1024];
	size_t real, said;

	(void)state;
	for (real = 0; real < COUNT(two); real++)
		for (said = 0; said < COUNT(two); said++) {
			encode(text, two[real], said == 0 ? two[0] : "x-mac-cyrillic", body,
				sizeof(body));
			assert_doc(body, description, text);
		}
}

#define TEN(text) text text text text text text text text text text

/* A sign of one encoding may be a frequent letter of another. */
static void signs_in_latin_text_are_no_words(void **state)
{
	static const char *const latin[] = {
		TEN("It’s Ann’s. They’re Bob’s. ") "x",
		TEN("Foo® and Bar® by Baz™. ") "x",
		TEN("\u00A0 \u00A0\u00A0\u00A0 a\u00A0b \u00A0- c ") "x",
		TEN("«x» and “y” … ") "x",
		TEN("one — two\u00A0— three – four ") "x",
	};
	static const char *const said[] = { "windows-1251", "MAC-CYRILLIC" };
	char body[4096];
	size_t text, i;

	(void)state;
	for (text = 0; text < COUNT(latin); text++)
		for (i = 0; i < COUNT(said); i++) {
			encode(latin[text], said[i], i == 0 ? said[i] : "x-mac-cyrillic", body,
				sizeof(body));
			assert_doc(body, description, latin[text]);
		}
}

/* What is declared holds where the bytes are not far better in another one. */
static void what_is_right_stays(void **state)
{
	static const struct {
		const char *encoding, *text;
	} rows[] = {
		{ "windows-1251", "Монгол улсын албан ёсны хэл, Монгол улс, монгол хэл" },
		{ "windows-1251", "Ђоковић, Љубљана, Њујорк, Џеки Чен, Ћирилица, Ђурђевдан" },
		{ "KOI8-U", "Її є, її ґанок, її їжа, єдність, її їжак є її їжею" },
		{ "ISO-8859-1", "Où était l'été ? À Noël, ça dépendait déjà des élèves âgés, "
				"là-bas, où ils étaient très gênés par la forêt brûlée" },
		{ "ISO-8859-1", "    café    thé"
				"············"
				"············" },
		{ "ISO-8859-2", "Žluťoučký kůň příšerně úpěl ďábelské ódy, ěščřžýáíé ěščřžýáíé" },
	};
	char body[1024];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		encode(rows[i].text, rows[i].encoding, rows[i].encoding, body, sizeof(body));
		assert_doc(body, description, rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_is_read_in_the_encoding_it_is_in),
		cmocka_unit_test(windows_and_mac_are_told_apart),
		cmocka_unit_test(signs_in_latin_text_are_no_words),
		cmocka_unit_test(what_is_right_stays),
	};

	return RUN(tests);
}
