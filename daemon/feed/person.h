#ifndef FEED_PERSON_H
#define FEED_PERSON_H

#include <stddef.h>
#include <stdint.h>

/*
 * Persons: an element with <name>, <email> and <uri> in it, or one line of
 * text that holds a name, an address or both.
 */
struct reader;
struct xml_element;

/* What a line is made of; parts of the line, length 0 where there is none. */
struct person_line {
	const char *name, *email, *url;
	size_t name_length, email_length, url_length;
};

/*
 * "mail (Name)", "Name <mail>", "Name (mail)", "mail", "Name", and a URL in
 * brackets in place of the address.
 */
struct person_line person_split(const char *text, size_t length);

/* Handlers: begin a person; end it as author, contributor, …; its parts.  A line of
 * several, each with an address ("a@x.org (A), b@y.org"), is as many persons. */
void person_start(struct reader *reader, const struct xml_element *element);
void person_end(
	struct reader *reader, const char *role, uint8_t priority, const char *text, size_t length);
void person_name(struct reader *reader, const char *text, size_t length);
void person_email(struct reader *reader, const char *text, size_t length);
void person_avatar(struct reader *reader, const char *text, size_t length);
void person_url(struct reader *reader, const char *text, size_t length);

/* A whole person from one line, where no element is begun. */
void person_add_line(
	struct reader *reader, const char *role, uint8_t priority, const char *text, size_t length);

#endif
