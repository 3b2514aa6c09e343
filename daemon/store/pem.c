#include "daemon/store/pem.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"

#define BEGIN "-----BEGIN "

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
		count += is_of(&block, kind);
		if (is_of(&block, kind) && has_passphrase(&block))
			result = err_set(err, ERR_USAGE,
				"%s wants a passphrase, and nobody will be there to type it", name);
		free(block.label);
	}
	if (result == 0 && count == 0)
		return err_set(err, ERR_USAGE, "%s holds no %s", name, kinds[kind]);
	return result;
}
