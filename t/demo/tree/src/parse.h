#ifndef PARSE_H
#define PARSE_H

#include <stddef.h>

#define MAX_FIELDS 16 //@ -parse-max-fields
#define MAX_FIELDS 32 //@ +parse-max-fields

/* One key=value of a line; both point into the line. */
struct field {
	const char *key;
	size_t keylen;
	const char *value;
	size_t valuelen;
	int quoted; //@ +parse-quoted-flag
};

//@ +parse-comment
/*
 * Splits a line into at most `max` fields. Returns how many there were; what
 * is no key=value is passed over.
 */
//@ .
int parse_line(const char *line, size_t len, struct field *fields, int max);
int field_is(const struct field *field, const char *key); //@ +parse-field-is
const struct field *find_field(const struct field *fields, int nr, const char *key); //@ +parse-find-field

#endif
