#include "parse.h"

//@ +parse-field-is
#include <string.h>

//@ .
//@ +parse-separator
#define SEPARATOR '='
#define COMMENT '#' //@ +parse-hash-comment
#define QUOTE '"' //@ +parse-quote-name

//@ .
//@ +parse-is-blank
static int is_blank(char c)
{
	return c == ' ' || c == '\t';
}

//@ .
static const char *skip_blanks(const char *at, const char *end)
{
	while (at < end && *at == ' ') //@ -parse-tabs
	while (at < end && (*at == ' ' || *at == '\t')) //@ +parse-tabs -parse-is-blank
	while (at < end && is_blank(*at)) //@ +parse-is-blank
		at++;
	return at;
}

static const char *word_end(const char *at, const char *end)
{
	while (at < end && *at != ' ') //@ -parse-tabs-end
	while (at < end && *at != ' ' && *at != '\t') //@ +parse-tabs-end -parse-is-blank
	while (at < end && !is_blank(*at)) //@ +parse-is-blank
		at++;
	return at;
}

static const char *key_end(const char *at, const char *end)
{
	while (at < end && *at != '=' && *at != ' ') //@ -parse-separator
	while (at < end && *at != SEPARATOR && *at != ' ') //@ +parse-separator -parse-key-tabs
	while (at < end && *at != SEPARATOR && *at != ' ' && *at != '\t') //@ +parse-key-tabs -parse-key-blank
	while (at < end && *at != SEPARATOR && !is_blank(*at)) //@ +parse-key-blank
		at++;
	return at;
}

static const char *quoted_end(const char *at, const char *end)
{
	while (at < end && *at != '"') //@ -parse-escape
		at++; //@ -parse-escape
	while (at < end && *at != '"') { //@ +parse-escape -parse-quote-name
	while (at < end && *at != QUOTE) { //@ +parse-quote-name
		if (*at == '\\' && at + 1 < end) //@ +parse-escape
			at++; //@ +parse-escape
		at++; //@ +parse-escape
	} //@ +parse-escape
	return at;
}

//@ +parse-strip-cr
static size_t strip_return(const char *line, size_t len)
{
	return len > 0 && line[len - 1] == '\r' ? len - 1 : len;
}

//@ .
static const char *parse_value(const char *at, const char *end, struct field *field)
{
	const char *stop;

	if (at < end && *at == '"') { //@ -parse-quote-name-value
	if (at < end && *at == QUOTE) { //@ +parse-quote-name-value
		stop = quoted_end(at + 1, end);
		field->value = at + 1;
		field->valuelen = (size_t)(stop - at - 1);
		field->quoted = 1; //@ +parse-quoted-flag
		return stop < end ? stop + 1 : stop;
	}
	stop = word_end(at, end);
	field->value = at;
	field->valuelen = (size_t)(stop - at);
	field->quoted = 0; //@ +parse-quoted-flag
	return stop;
}

int parse_line(const char *line, size_t len, struct field *fields, int max)
{
	const char *at = line, *end = line + len; //@ -parse-strip-cr
	const char *at = line, *end = line + strip_return(line, len); //@ +parse-strip-cr
	int nr = 0;

	if (at < end && *at == '#') //@ +parse-comment-line -parse-hash-comment
	if (at < end && *at == COMMENT) //@ +parse-hash-comment
		return 0; //@ +parse-comment-line
	while (nr < max) {
		struct field *field = &fields[nr];
		const char *stop;

		at = skip_blanks(at, end);
		if (at == end)
			break;
		stop = key_end(at, end);
		if (stop == end || *stop != '=') { //@ -parse-separator-line
		if (stop == end || *stop != SEPARATOR) { //@ +parse-separator-line -parse-empty-key
		if (stop == end || *stop != SEPARATOR || stop == at) { //@ +parse-empty-key
			at = word_end(stop, end);
			continue;
		}
		field->key = at;
		field->keylen = (size_t)(stop - at);
		at = parse_value(stop + 1, end, field);
		nr++; //@ -parse-drop-empty
		if (field->valuelen > 0) //@ +parse-drop-empty -parse-keep-quoted
		if (field->valuelen > 0 || field->quoted) //@ +parse-keep-quoted
			nr++; //@ +parse-drop-empty
	}
	return nr;
}
//@ +parse-field-is

int field_is(const struct field *field, const char *key)
{
	size_t len = strlen(key); //@ +parse-field-len

	return field->keylen == strlen(key) && !memcmp(field->key, key, field->keylen); //@ -parse-field-len
	return field->keylen == len && !memcmp(field->key, key, len); //@ +parse-field-len
}
//@ .
//@ +parse-find-field

const struct field *find_field(const struct field *fields, int nr, const char *key)
{
	for (int i = 0; i < nr; i++)
		if (field_is(&fields[i], key))
			return &fields[i];
	return NULL;
}
//@ .
