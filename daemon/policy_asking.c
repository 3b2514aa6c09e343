#include "daemon/policy.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "common/time.h"

#define DAY_S 86400
#define STUBBORN_S (14 * DAY_S) /* of 304s alone; and between two looks without validators */
#define EPOCH_DAYS_S INT64_C(315619199) /* 1980-01-01T23:59:59Z */
#define PROOF_LOOKS 3
#define PROOF_S (48 * 3600)

static const char *const conditional_words[] = {
	[POLICY_BOTH] = "both", [POLICY_LM_ONLY] = "lm_only", [POLICY_USELESS] = "useless"
};

const char *policy_conditional_word(enum policy_conditional mode)
{
	return conditional_words[mode];
}

enum policy_conditional policy_conditional_of(const char *word)
{
	if (strcmp(word, conditional_words[POLICY_LM_ONLY]) == 0)
		return POLICY_LM_ONLY;
	if (strcmp(word, conditional_words[POLICY_USELESS]) == 0)
		return POLICY_USELESS;
	return POLICY_BOTH;
}

/*
 * A server that answers in full although it was shown exactly what it says
 * again has not recognised it.  It must not look at If-Modified-Since while
 * If-None-Match is there (RFC 9110 13.2.2), so the date gets a chance of its
 * own first.
 */
enum policy_conditional policy_conditional_next(
	enum policy_conditional mode, const struct policy_exchange *exchange)
{
	bool etag_failed = exchange->sent_etag && exchange->same_etag;
	bool date_failed = exchange->sent_modified && exchange->same_modified;

	if (exchange->status == 304 && exchange->says_etag && !exchange->same_shape)
		return POLICY_BOTH;
	if (exchange->status == 304)
		return mode == POLICY_USELESS ? POLICY_BOTH : mode;
	if (exchange->status != 200)
		return mode;
	if (mode != POLICY_BOTH && !exchange->same_shape)
		return POLICY_BOTH;
	if (!exchange->same_body)
		return mode;
	if (mode == POLICY_BOTH && etag_failed && date_failed)
		return POLICY_LM_ONLY;
	/* With one validator alone there is no other to try. */
	if (mode == POLICY_BOTH && ((etag_failed && !exchange->sent_modified) ||
					   (date_failed && !exchange->sent_etag)))
		return POLICY_USELESS;
	if (mode == POLICY_LM_ONLY && date_failed)
		return POLICY_USELESS;
	return mode;
}

/* The next sign of an ETag's shape: a run of letters and digits is one 'x', but
 * for the suffix that a compressing server adds.  0 at the end. */
static char next_sign(const char **at, const char *end)
{
	const char *begin = *at;

	if (begin == end)
		return '\0';
	while (*at < end && isalnum((unsigned char)**at))
		(*at)++;
	if (*at == begin)
		return *(*at)++;
	if (*at - begin == 4 && memcmp(begin, "gzip", 4) == 0)
		return 'g';
	if (*at - begin == 2 && memcmp(begin, "br", 2) == 0)
		return 'b';
	/* W of the weak mark, before a quote. */
	if (*at - begin == 1 && *begin == 'W' && *at < end && **at == '/')
		return 'W';
	return 'x';
}

bool policy_same_shape(const void *a, size_t a_length, const void *b, size_t b_length)
{
	const char *at_a = a, *at_b = b;
	char sign_a, sign_b;

	if (a_length == 0 || b_length == 0)
		return a_length == b_length;
	do {
		sign_a = next_sign(&at_a, (const char *)a + a_length);
		sign_b = next_sign(&at_b, (const char *)b + b_length);
	} while (sign_a == sign_b && sign_a != '\0');
	return sign_a == sign_b;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT"; another form of date accuses nobody. */
static bool parse_http_date(const void *text, size_t length, int64_t *out_s)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char line[40], name[4];
	unsigned day, year, hour, minute, second;
	const char *month;

	if (length >= sizeof(line))
		return false;
	memcpy(line, text, length);
	line[length] = '\0';
	if (sscanf(line, "%*3[A-Za-z], %2u %3[A-Za-z] %4u %2u:%2u:%2u GMT", &day, name, &year,
		    &hour, &minute, &second) != 6)
		return false;
	month = strstr(months, name);
	if (strlen(name) != 3 || month == NULL || (month - months) % 3 != 0 || day < 1 || day > 31)
		return false;
	*out_s = time_from_utc(year, (unsigned)(month - months) / 3 + 1, day,
		(int64_t)hour * 3600 + (int64_t)minute * 60 + second);
	return true;
}

bool policy_unconditional(const void *last_modified, size_t length, int64_t only_304_since_s,
	int64_t last_unconditional_s, int64_t now_s)
{
	int64_t modified_s;

	if (only_304_since_s <= 0 || now_s - only_304_since_s <= STUBBORN_S)
		return false;
	if (last_unconditional_s > 0 && now_s - last_unconditional_s <= STUBBORN_S)
		return false;
	if (!parse_http_date(last_modified, length, &modified_s))
		return false;
	return modified_s > now_s + DAY_S || modified_s <= EPOCH_DAYS_S;
}

enum policy_moved policy_moved(const struct policy_move *move)
{
	if (!move->redirected || move->captive)
		return POLICY_STAY;
	if (move->upgrade)
		return POLICY_ADOPT;
	if (!move->same_target)
		return POLICY_REMEMBER;
	/* This look is one of them. */
	if (move->seen + 1 >= PROOF_LOOKS && move->now_s - move->first_s >= PROOF_S)
		return POLICY_ADOPT;
	return POLICY_CONFIRM;
}
