#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/store/pem.h"

#define ONE "MAMCAQE="
#define BLOCK(label, body) "-----BEGIN " label "-----\n" body "\n-----END " label "-----\n"

static void a_text_is_judged_by_its_form(void **state)
{
	static const struct {
		const char *text;
		enum pem_kind kind;
		const char *words; /* NULL: it is taken */
	} rows[] = {
		{ BLOCK("CERTIFICATE", ONE), PEM_CERTIFICATE, NULL },
		{ "Bag Attributes\n" BLOCK("X509 CERTIFICATE", "MA\r\nMC\r\nAQE=\r"),
			PEM_CERTIFICATE, NULL },
		{ BLOCK("PRIVATE KEY", ONE) BLOCK("CERTIFICATE", ONE), PEM_CERTIFICATE, NULL },
		{ BLOCK("PRIVATE KEY", "?") BLOCK("CERTIFICATE", ONE), PEM_CERTIFICATE, NULL },
		{ BLOCK("EC PARAMETERS", "BggqhkjOPQMBBw==") BLOCK("EC PRIVATE KEY", ONE), PEM_KEY,
			NULL },
		{ "/etc/ssl/me.crt", PEM_CERTIFICATE, "PEM; it=@FILE reads it" },
		{ "", PEM_KEY, "PEM" },
		{ BLOCK("CERTIFICATE", ONE), PEM_KEY, "it holds no private key" },
		{ BLOCK("PRIVATE KEY", ONE), PEM_CERTIFICATE, "it holds no certificate" },
		{ BLOCK("PUBLIC KEY", ONE), PEM_KEY, "it holds no private key" },
		{ BLOCK("ENCRYPTED PRIVATE KEY", ONE), PEM_KEY, "passphrase" },
		{ BLOCK("RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\nDEK-Info: X\n\n" ONE), PEM_KEY,
			"passphrase" },
		{ "-----BEGIN CERTIFICATE-----\n" ONE "\n", PEM_CERTIFICATE, "cut short" },
		{ "-----BEGIN CERTIFICATE-----\n" ONE "\n-----END KEY-----", PEM_CERTIFICATE,
			"cut short" },
		{ "-----BEGIN ", PEM_KEY, "cut short" },
		{ "-----BEGIN \n-----END -----", PEM_KEY, "it holds no private key" },
	};
	struct err err;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int result = pem_check("it", rows[i].text, rows[i].kind, &err);

		if (rows[i].words == NULL && result < 0)
			fail_msg("%zu: %s", i, err.text);
		if (rows[i].words == NULL)
			continue;
		assert_int_equal(result, -1);
		assert_int_equal(err.code, ERR_USAGE);
		if (strstr(err.text, rows[i].words) == NULL)
			fail_msg("%zu: %s", i, err.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(a_text_is_judged_by_its_form) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
