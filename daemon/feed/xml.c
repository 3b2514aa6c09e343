#include "daemon/feed/xml.h"

#include <expat.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define XXH_INLINE_ALL /* names are short, and a call is longer */
#include <xxhash.h>

#include "common/mem.h"
#include "common/strip.h"
#include "common/utf8.h"

/* Illegal in XML, so no name or URI can hold it. */
#define SEPARATOR '\x1f'

/* What expat is given at once, as it copies it; longer while a token is longer. */
#define PIECE_BYTES ((size_t)256 << 10)
#define GROWTH 8 /* the more, the less often is a long token begun anew */

/* What is forgotten on the way must be worth the call. */
#define FORGET_LEAST ((size_t)1 << 20)

#define NAMES_MAX 2048u /* distinct names kept; of more each is made anew */
#define SLOTS 256u

/* A name with what it was made from; its strings stand behind it. */
struct known {
	struct xml_name name;
	struct known *next; /* in its slot */
	uint64_t hash;
	size_t raw_length;
	bool is_kept; /* in the table, freed with it */
	char raw[];
};

struct walk {
	XML_Parser parser;
	const struct xml_handler *handler;
	void *ctx;
	uint32_t depth_max;
	uint32_t depth;
	struct known **stack; /* of open elements */
	struct known *slots[SLOTS];
	uint32_t known_count;
	enum xml_ns slip; /* no namespace is meant by it; NS_NONE: there is none such */
	struct xml_end end;
	const char *utf8;
	bool has_doctype;
	bool has_moved; /* a token ended since this was cleared */
	bool stopped;
	enum err_code stop_code;
};

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* uri SEP local SEP prefix, uri SEP local, or local alone. */
struct raw_name {
	const char *uri, *local, *prefix;
	size_t uri_length, local_length, prefix_length;
};

static struct raw_name take_apart(const char *raw)
{
	struct raw_name n = { "", raw, "", 0, 0, 0 };
	const char *sep = strchr(raw, SEPARATOR);

	if (sep != NULL) {
		n.uri = raw;
		n.uri_length = (size_t)(sep - raw);
		n.local = sep + 1;
		sep = strchr(n.local, SEPARATOR);
	}
	n.local_length = sep != NULL ? (size_t)(sep - n.local) : strlen(n.local);
	if (sep != NULL) {
		n.prefix = sep + 1;
		n.prefix_length = strlen(n.prefix);
	}
	return n;
}

static enum xml_ns ns_of(const struct raw_name *n)
{
	enum xml_ns ns = namespace_of_uri(n->uri, n->uri_length);

	if (ns == NS_UNKNOWN && n->prefix_length == 0)
		return NS_NONE; /* a default namespace that nobody knows */
	if (ns == NS_UNKNOWN)
		ns = namespace_of_prefix(n->prefix, n->prefix_length);
	return ns;
}

/*
 * RSS has no namespace.  Where the default one of an <rss> is a module's, that is a
 * slip: what stands there without a prefix is not the module's, either.
 */
static enum xml_ns meant_ns(struct walk *walk, const struct raw_name *n)
{
	enum xml_ns ns = ns_of(n);

	if (n->prefix_length != 0 || ns == NS_NONE || ns == NS_ATOM || ns == NS_ATOM03)
		return ns;
	if (walk->known_count == 0 && n->local_length == 3 && strncasecmp(n->local, "rss", 3) == 0)
		walk->slip = ns;
	return ns == walk->slip ? NS_NONE : ns;
}

static struct known *make_known(struct walk *walk, const char *raw, size_t length, uint64_t hash)
{
	struct raw_name n = take_apart(raw);
	struct known *known = mem_alloc_array(
		1, sizeof(*known) + length + n.local_length * 2 + n.prefix_length + 4);
	char *local = known->raw + length + 1, *as_is = local + n.local_length + 1;
	char *prefix = as_is + n.local_length + 1;
	size_t i;

	memcpy(known->raw, raw, length + 1);
	for (i = 0; i < n.local_length; i++)
		local[i] = lower(n.local[i]);
	memcpy(as_is, n.local, n.local_length);
	memcpy(prefix, n.prefix, n.prefix_length);
	known->hash = hash;
	known->raw_length = length;
	known->name.ns = meant_ns(walk, &n);
	known->name.local = local;
	known->name.as_is = as_is;
	known->name.prefix = known->name.ns == NS_UNKNOWN ? prefix
							  : namespace_prefix(known->name.ns);
	known->name.default_ns = n.prefix_length == 0;
	return known;
}

static struct known *intern(struct walk *walk, const char *raw)
{
	size_t length = strlen(raw);
	uint64_t hash = XXH3_64bits(raw, length);
	struct known **slot = &walk->slots[hash % SLOTS], *known;

	for (known = *slot; known != NULL; known = known->next)
		if (known->hash == hash && known->raw_length == length &&
			memcmp(known->raw, raw, length) == 0)
			return known;
	known = make_known(walk, raw, length, hash);
	if (walk->known_count < NAMES_MAX) {
		known->is_kept = true;
		known->next = *slot;
		*slot = known;
		walk->known_count++;
	}
	return known;
}

static void forget(struct known *known)
{
	if (!known->is_kept)
		free(known);
}

static void stop(struct walk *walk, enum err_code code)
{
	walk->stopped = true;
	walk->stop_code = code;
	XML_StopParser(walk->parser, XML_FALSE);
}

static void XMLCALL on_doctype(void *ctx, const XML_Char *name, const XML_Char *system_id,
	const XML_Char *public_id, int has_subset)
{
	struct walk *walk = ctx;

	(void)name, (void)system_id, (void)public_id, (void)has_subset;
	walk->has_doctype = true;
}

static bool is_predefined(const char *reference, size_t length)
{
	static const char *const known[] = { "&#", "&lt;", "&gt;", "&amp;", "&quot;", "&apos;" };
	size_t i, n;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		n = strlen(known[i]);
		if (n <= length && memcmp(known[i], reference, n) == 0)
			return true;
	}
	return false;
}

/*
 * Whether a value of the start tag at hand refers to an entity that a DTD may
 * have declared.  expat does not know it and has left it out without a word.
 */
static bool has_lost_reference(const struct walk *walk)
{
	const char *at = walk->utf8 + XML_GetCurrentByteIndex(walk->parser);
	const char *end = at + XML_GetCurrentByteCount(walk->parser);

	for (; (at = memchr(at, '&', (size_t)(end - at))) != NULL; at++)
		if (!is_predefined(at, (size_t)(end - at)))
			return true;
	return false;
}

static void XMLCALL on_start(void *ctx, const XML_Char *raw, const XML_Char **attributes)
{
	struct walk *walk = ctx;
	struct xml_element element;

	walk->has_moved = true;
	if (walk->stopped)
		return;
	if (walk->depth >= walk->depth_max) {
		stop(walk, ERR_TOO_BIG);
		return;
	}
	if (walk->has_doctype && attributes[0] != NULL && has_lost_reference(walk)) {
		stop(walk, ERR_SYNTAX);
		return;
	}
	walk->stack[walk->depth] = intern(walk, raw);
	element.name = &walk->stack[walk->depth++]->name;
	element.attributes = attributes;
	walk->handler->start(walk->ctx, &element);
}

static void XMLCALL on_end(void *ctx, const XML_Char *raw)
{
	struct walk *walk = ctx;
	struct known *known;

	(void)raw; /* expat has checked that it is the open one */
	walk->has_moved = true;
	if (walk->stopped || walk->depth == 0)
		return;
	known = walk->stack[--walk->depth];
	walk->handler->end(walk->ctx, &known->name);
	forget(known);
	if (walk->depth == 0)
		walk->end.root_closed = true;
}

static void XMLCALL on_text(void *ctx, const XML_Char *text, int length)
{
	struct walk *walk = ctx;

	walk->has_moved = true;
	if (!walk->stopped)
		walk->handler->text(walk->ctx, text, (size_t)length);
}

static void XMLCALL on_comment(void *ctx, const XML_Char *text)
{
	struct walk *walk = ctx;

	(void)text;
	walk->has_moved = true;
}

static void XMLCALL on_instruction(void *ctx, const XML_Char *target, const XML_Char *text)
{
	(void)target;
	on_comment(ctx, text);
}

static void XMLCALL on_entity(void *ctx, const XML_Char *name, int is_parameter,
	const XML_Char *value, int value_length, const XML_Char *base, const XML_Char *system_id,
	const XML_Char *public_id, const XML_Char *notation)
{
	(void)name, (void)is_parameter, (void)value, (void)value_length;
	(void)base, (void)system_id, (void)public_id, (void)notation;
	stop(ctx, ERR_ENTITY);
}

/*
 * A reference in a text to an entity of an external DTD, which is never read: RSS
 * 0.91's has HTML's names in it.  Another name stays as it is written.
 */
static void XMLCALL on_skipped(void *ctx, const XML_Char *name, int is_parameter)
{
	size_t length = strlen(name);
	uint32_t runes[2];
	char text[2 * 4];
	int count = strip_entity(name, length, runes), i;
	size_t n = 0;

	if (is_parameter)
		return;
	for (i = 0; i < count; i++)
		n += utf8_encode(runes[i], text + n);
	if (count > 0) {
		on_text(ctx, text, (int)n);
		return;
	}
	on_text(ctx, "&", 1);
	on_text(ctx, name, (int)length);
	on_text(ctx, ";", 1);
}

static void release(struct walk *walk)
{
	struct known *known;
	size_t i;

	while (walk->depth != 0)
		forget(walk->stack[--walk->depth]);
	for (i = 0; i < SLOTS; i++)
		while ((known = walk->slots[i]) != NULL) {
			walk->slots[i] = known->next;
			free(known);
		}
	free(walk->stack);
	XML_ParserFree(walk->parser);
	free(walk);
}

static struct walk *prepare(uint32_t depth_max, const struct xml_handler *handler, void *ctx)
{
	XML_Parser parser = XML_ParserCreateNS("UTF-8", SEPARATOR);
	struct walk *walk;

	if (parser == NULL)
		return NULL;
	walk = MEM_NEW(struct walk);
	walk->parser = parser;
	walk->handler = handler;
	walk->ctx = ctx;
	walk->depth_max = depth_max;
	walk->stack = MEM_ARRAY(depth_max, struct known *);
	XML_SetUserData(walk->parser, walk);
	XML_SetReturnNSTriplet(walk->parser, 1);
	XML_SetElementHandler(walk->parser, on_start, on_end);
	XML_SetCharacterDataHandler(walk->parser, on_text);
	XML_SetCommentHandler(walk->parser, on_comment);
	XML_SetProcessingInstructionHandler(walk->parser, on_instruction);
	XML_SetStartDoctypeDeclHandler(walk->parser, on_doctype);
	XML_SetEntityDeclHandler(walk->parser, on_entity);
	XML_SetSkippedEntityHandler(walk->parser, on_skipped);
	XML_SetParamEntityParsing(walk->parser, XML_PARAM_ENTITY_PARSING_NEVER);
	return walk;
}

static int explain(struct walk *walk, struct err *err)
{
	struct xml_end *end = &walk->end;

	end->line = (uint32_t)XML_GetCurrentLineNumber(walk->parser);
	end->column = (uint32_t)XML_GetCurrentColumnNumber(walk->parser) + 1;
	end->at = (size_t)XML_GetCurrentByteIndex(walk->parser);
	end->past_root = end->root_closed;
	if (walk->stop_code == ERR_ENTITY)
		return err_set(err, ERR_ENTITY, "it declares entities, line %u", end->line);
	if (walk->stop_code == ERR_TOO_BIG)
		return err_set(err, ERR_TOO_BIG, "more than %u elements are nested, line %u",
			walk->depth_max, end->line);
	if (walk->stop_code == ERR_SYNTAX)
		return err_set(err, ERR_SYNTAX,
			"an attribute refers to an undefined entity, line %u, column %u", end->line,
			end->column);
	return err_set(err, ERR_SYNTAX, "%s, line %u, column %u",
		XML_ErrorString(XML_GetErrorCode(walk->parser)), end->line, end->column);
}

/* What is behind the parser; a tag that is half read is looked at again. */
static size_t forget_read(const struct walk *walk, const struct xml_input *input, size_t from)
{
	XML_Index at = XML_GetCurrentByteIndex(walk->parser);
	size_t offset = (size_t)(input->utf8 - input->spent->data);

	if (at < 0 || (size_t)at <= from)
		return from;
	buf_forget(input->spent, offset + from, offset + (size_t)at);
	return (size_t)at;
}

/*
 * In pieces, because expat keeps a copy of what it is given.  A token that goes
 * on beyond a piece is read anew from its start with the next one, so while none
 * ends the pieces grow: then all is read a few times at most, however long it is.
 */
static int feed_pieces(struct walk *walk, const struct xml_input *input)
{
	const char *utf8 = input->utf8;
	bool forgets = input->spent != NULL && input->length >= FORGET_LEAST;
	size_t length = input->length, piece = PIECE_BYTES, spent = 0, n;

	walk->utf8 = utf8;
	do {
		n = length < piece ? length : piece;
		length -= n;
		walk->has_moved = false;
		if (XML_Parse(walk->parser, utf8, (int)n, length == 0) != XML_STATUS_OK)
			return -1;
		utf8 += n;
		if (forgets)
			spent = forget_read(walk, input, spent);
		if (!walk->has_moved)
			piece *= GROWTH;
		else if (piece > PIECE_BYTES)
			piece /= GROWTH;
	} while (length != 0);
	return 0;
}

int xml_walk(const struct xml_input *input, uint32_t depth_max, const struct xml_handler *handler,
	void *ctx, struct xml_end *out_end, struct err *err)
{
	struct walk *walk;
	int result = 0;

	memset(out_end, 0, sizeof(*out_end));
	if (input->length > INT_MAX)
		return err_set(err, ERR_TOO_BIG, "more than %d bytes", INT_MAX);
	walk = prepare(depth_max, handler, ctx);
	if (walk == NULL)
		return err_set(err, ERR_PARSER_MEMORY, "no memory for a parser");
	if (feed_pieces(walk, input) < 0)
		result = explain(walk, err);
	*out_end = walk->end;
	release(walk);
	return result;
}

const char *xml_attribute(const struct xml_element *element, const char *local)
{
	const char **at;

	for (at = element->attributes; *at != NULL; at += 2)
		if (strcasecmp(at[0], local) == 0)
			return at[1];
	if (element->name->ns == NS_NONE || element->name->default_ns)
		return NULL;
	return xml_attribute_ns(element, element->name->ns, local);
}

const char *xml_attribute_ns(const struct xml_element *element, enum xml_ns ns, const char *local)
{
	size_t length = strlen(local);
	const char **at;

	for (at = element->attributes; *at != NULL; at += 2) {
		const char *sep = strchr(at[0], SEPARATOR);
		struct raw_name n;

		if (sep == NULL || strncasecmp(sep + 1, local, length) != 0)
			continue;
		n = take_apart(at[0]);
		if (n.local_length == length && ns_of(&n) == ns)
			return at[1];
	}
	return NULL;
}

int xml_attribute_at(const struct xml_element *element, size_t i, const char **out_prefix,
	const char **out_local, size_t *out_local_length, const char **out_value)
{
	const char **at = element->attributes;
	struct raw_name n;
	size_t k;

	for (k = 0; at[0] != NULL && k < i; k++)
		at += 2;
	if (at[0] == NULL)
		return 0;
	n = take_apart(at[0]);
	*out_prefix = n.prefix_length != 0 ? n.prefix : "";
	*out_local = n.local;
	*out_local_length = n.local_length;
	*out_value = at[1];
	return 1;
}
