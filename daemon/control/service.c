#include "daemon/control/service.h"

#include <string.h>

#include "common/varlink.h"
#include "daemon/control/version.h"

static void put_info(struct json_writer *w)
{
	json_put_key(w, "vendor");
	json_put_string(w, "feedd");
	json_put_key(w, "product");
	json_put_string(w, "feedd");
	json_put_key(w, "version");
	json_put_string(w, FEEDD_VERSION);
	json_put_key(w, "url");
	json_put_string(w, "https://feedd.org/");
	json_put_key(w, "interfaces");
	json_put_array(w);
	json_put_string(w, WIRE_SERVICE);
	json_put_string(w, WIRE_INTERFACE);
	json_put_array_end(w);
}

/* 0 if we have no such interface. */
static int put_description(struct json_writer *w, const char *interface)
{
	struct buf text;
	int known;

	buf_init(&text, (size_t)1 << 20);
	known = varlink_describe(interface, &text);
	if (known == 1) {
		json_put_key(w, "description");
		json_put_text(w, text.data, text.length);
	}
	buf_release(&text);
	return known == 1;
}

void service_answer(struct session *session, const struct wire_call *call)
{
	struct wire_fault fault = { WIRE_SERVICE ".InterfaceNotFound", "interface", "" };
	const char *interface = json_string_value(json_object_get(call->parameters, "interface"));
	struct json_writer w;
	struct buf out;
	int known = 1;

	buf_init(&out, (size_t)4 << 20);
	wire_reply_begin(&w, &out);
	if (strcmp(call->method, WIRE_SERVICE ".GetInfo") == 0)
		put_info(&w);
	else
		known = put_description(&w, interface);
	wire_reply_end(&w, false);
	if (!known) {
		buf_clear(&out);
		strncpy(fault.value, interface, sizeof(fault.value) - 1);
		if (wire_put_fault(&out, &fault) < 0)
			buf_clear(&out);
	}
	session_send(session, &out);
	buf_release(&out);
}
