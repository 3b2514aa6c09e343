#include "daemon/store/pem.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/base64.h"
#include "common/mem.h"

#define BEGIN "-----BEGIN "
#define DER_SEQUENCE 0x30

static const char *const kinds[] = { [PEM_CERTIFICATE] = "certificate", [PEM_KEY] = "private key" };

/* From the line of its begin to that of its end. */
struct block {
	char *label; /* "RSA PRIVATE KEY" */
	const char *body;
	size_t length;
};

/* 1, 0 if no other begins, -1 if the next one does not end; moves *at behind it. */
static int next_block(const char **at, struct block *out_block)
{
	const char *begin = strstr(*at, BEGIN), *end;
	char *last;

	if (begin == NULL)
		return 0;
	begin += strlen(BEGIN);
	out_block->label = mem_strndup(begin, strcspn(begin, "-\r\n"));
	out_block->body = begin + strcspn(begin, "\r\n");
	last = mem_printf("-----END %s-----", out_block->label);
	end = strstr(out_block->body, last);
	if (end != NULL) {
		out_block->length = (size_t)(end - out_block->body);
		*at = end + strlen(last);
	} else {
		free(out_block->label);
	}
	free(last);
	return end != NULL ? 1 : -1;
}

static bool is_of(const struct block *block, enum pem_kind kind)
{
	const char *word = kind == PEM_KEY ? "PRIVATE KEY" : "CERTIFICATE";
	size_t length = strlen(block->label), tail = strlen(word);

	return length >= tail && strcmp(block->label + length - tail, word) == 0;
}

static bool has_passphrase(const struct block *block)
{
	static const char old_way[] = "Proc-Type: 4,ENCRYPTED";

	return strncmp(block->label, "ENCRYPTED ", 10) == 0 ||
	       memmem(block->body, block->length, old_way, sizeof(old_way) - 1) != NULL;
}

/* One value of DER's, as long as it says it is; more may follow. */
static bool is_sequence(const unsigned char *der, size_t length)
{
	size_t said = 0, i, bytes;

	if (length < 2 || der[0] != DER_SEQUENCE)
		return false;
	if (der[1] < 0x80)
		return der[1] > 0 && der[1] <= length - 2;
	bytes = der[1] & 0x7f;
	if (bytes == 0 || bytes > 4 || bytes > length - 2)
		return false;
	for (i = 0; i < bytes; i++)
		said = said << 8 | der[2 + i];
	return said > 0 && said <= length - 2 - bytes;
}

static bool is_whole(const struct block *block)
{
	struct buf text, der;
	struct err err;
	bool whole;
	size_t i;

	buf_init(&text, block->length + 1);
	buf_init(&der, block->length + 4);
	for (i = 0; i < block->length; i++)
		if (strchr(" \t\r\n", block->body[i]) == NULL)
			(void)!buf_add(&text, &block->body[i], 1); /* there is room */
	whole = text.length > 0 && base64_decode(&der, text.data, text.length, &err) == 0 &&
		is_sequence((const unsigned char *)der.data, der.length);
	buf_release(&text);
	buf_release(&der);
	return whole;
}

static int check_block(const char *name, const struct block *block, struct err *err)
{
	if (has_passphrase(block))
		return err_set(err, ERR_USAGE,
			"%s wants a passphrase, and nobody will be there to type it", name);
	if (!is_whole(block))
		return err_set(
			err, ERR_USAGE, "%s: what it calls %s is damaged", name, block->label);
	return 0;
}

int pem_check(const char *name, const char *text, enum pem_kind kind, struct err *err)
{
	unsigned count = 0;
	struct block block;
	int found, result = 0;

	/* A path in its place is what people try first; nobody would open it. */
	if (strstr(text, BEGIN) == NULL)
		return err_set(err, ERR_USAGE, "%s is a text in PEM; %s=@FILE reads it from there",
			name, name);
	while (result == 0 && (found = next_block(&text, &block)) != 0) {
		if (found < 0)
			return err_set(err, ERR_USAGE, "%s is cut short", name);
		if (is_of(&block, kind)) {
			count++;
			result = check_block(name, &block, err);
		}
		free(block.label);
	}
	if (result == 0 && count == 0)
		return err_set(err, ERR_USAGE, "%s holds no %s", name, kinds[kind]);
	return result;
}
